package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.Question;
import java.util.Arrays;

/**
 * One example of an evaluation.
 *
 * @param line line in its file, from 1
 * @param target the class's index, the value, each word's class, or for each label 1 where it is
 *     true of the text and else 0; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
record EvaluationCase(int line, Question question, double[] target) {

  /** The same without words that have no answer; texts and pairs have one answer. */
  EvaluationCase answered(int[] kept) {
    if (!(question instanceof Question.Words all) || kept.length == target.length) {
      return this;
    }
    return new EvaluationCase(
        line,
        new Question.Words(Arrays.stream(kept).mapToObj(all.words()::get).toList()),
        Arrays.stream(kept).mapToDouble(w -> target[w]).toArray());
  }

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
