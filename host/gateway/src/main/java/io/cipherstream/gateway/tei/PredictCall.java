package io.cipherstream.gateway.tei;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.AnswerReading;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code POST /predict}.
 *
 * @param batch whether the answer is an array of an array a question
 * @param raw whether scores are logits instead of probabilities
 */
record PredictCall(List<Question> questions, Truncation truncation, boolean batch, boolean raw) {

  /** The name of the only class of a model that gives a value. */
  private static final String ONLY_LABEL = "LABEL_0";

  static PredictCall read(ObjectNode body, GatewayLimits limits) {
    Members members = new Members(body, limits);
    JsonNode inputs = members.required("inputs");
    boolean batch = inputs.isArray() && !inputs.isEmpty() && inputs.get(0).isArray();
    List<Question> questions = new ArrayList<>();
    if (batch) {
      members.count("inputs", inputs.size());
      inputs.forEach(item -> questions.add(question(members, item)));
    } else {
      questions.add(question(members, inputs));
    }
    return new PredictCall(
        questions, TeiMembers.truncation(members), batch, members.flag("raw_scores", false));
  }

  /** A text, an array of one text, or an array of a pair. */
  private static Question question(Members members, JsonNode input) {
    if (input.isTextual()) {
      return new Question.Text(members.text("inputs", input));
    }
    List<String> texts = members.texts("inputs", input);
    return switch (texts.size()) {
      case 1 -> new Question.Text(texts.get(0));
      case 2 -> new Question.Pair(texts.get(0), texts.get(1));
      default ->
          throw GatewayProblem.in(
              "inputs",
              texts.size()
                  + " texts: expected one, a pair, or a batch as an array of arrays of one or two");
    };
  }

  JsonNode answer(ModelFacts facts, List<ModelAnswer> answers) {
    if (!batch) {
      return predictions(facts, answers.get(0));
    }
    ArrayNode json = StrictJson.MAPPER.createArrayNode();
    answers.forEach(answer -> json.add(predictions(facts, answer)));
    return json;
  }

  /** All classes, the likeliest first. */
  private ArrayNode predictions(ModelFacts facts, ModelAnswer answer) {
    List<String> labels;
    List<Double> scores;
    if (facts.gives() == ModelFacts.Gives.VALUE) {
      double value = answer.row().get(0);
      labels = List.of(ONLY_LABEL);
      scores = List.of(raw ? value : TeiMembers.sigmoid(value));
    } else {
      AnswerReading read = AnswerReading.of(facts, answer.row(), answer.report());
      labels = facts.shape().labels();
      scores = raw ? read.logits() : read.probabilities();
    }
    ArrayNode json = StrictJson.MAPPER.createArrayNode();
    IntStream.range(0, labels.size())
        .boxed()
        .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
        .forEach(
            i ->
                json.addObject()
                    .put("score", scores.get(i).floatValue())
                    .put("label", labels.get(i)));
    return json;
  }
}
