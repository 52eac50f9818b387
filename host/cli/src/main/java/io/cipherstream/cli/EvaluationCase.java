package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.Question;

/**
 * One example of an evaluation.
 *
 * @param line line in its file, from 1
 * @param target the class's index, the value, or each word's class; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
record EvaluationCase(int line, Question question, double[] target) {

  /** Adds the question: text and pair, or the words. */
  void addTo(ObjectNode json) {
    json.put("line", line);
    if (question instanceof Question.Pair pair) {
      json.put("text", pair.first());
      json.put("pair", pair.second());
    } else if (question instanceof Question.Words words) {
      json.set("words", Json.strings(words.words()));
    } else {
      json.put("text", ((Question.Text) question).text());
    }
  }
}
