package io.cipherstream.gateway.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.client.Passage;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.serving.AnswerReading;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Question;
import java.util.List;

/** An answer as the page's script draws it. */
final class PageAnswer {

  private PageAnswer() {}

  static ObjectNode of(ModelFacts facts, Question question, ModelAnswer answer) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("gives", facts.gives().words());
    switch (facts.gives()) {
      case EMBEDDING -> {
        ArrayNode vector = json.putArray("embedding");
        answer.row().forEach(vector::add);
      }
      case VALUE -> json.put("value", answer.row().get(0));
      case LABEL, LABELS -> reading(json, facts, answer.row(), answer.report());
      case WORD_LABELS -> words(json.putArray("words"), facts, (Question.Words) question, answer);
    }
    report(json, answer.report());
    ArrayNode passages = json.putArray("passages");
    for (Passage passage : facts.passages().getOrDefault(answer.report().tokenClass(), List.of())) {
      passages
          .addObject()
          .put("up", passage.up())
          .put("ciphertexts", passage.ciphertexts())
          .put("limbs", passage.limbs());
    }
    return json;
  }

  private static void reading(
      ObjectNode json, ModelFacts facts, List<Double> row, InferenceReport report) {
    AnswerReading read = AnswerReading.of(facts, row, report);
    json.put("label", String.join(", ", read.labels()));
    ArrayNode all = json.putArray("probabilities");
    for (int i = 0; i < row.size(); i++) {
      all.addObject()
          .put("label", facts.shape().labels().get(i))
          .put("probability", read.probabilities().get(i));
    }
  }

  private static void words(
      ArrayNode json, ModelFacts facts, Question.Words question, ModelAnswer answer) {
    for (int i = 0; i < answer.rows().size(); i++) {
      AnswerReading read = AnswerReading.of(facts, answer.rows().get(i), answer.report());
      json.addObject()
          .put("word", question.words().get(answer.words().get(i)))
          .put("label", read.labels().get(0));
    }
  }

  private static void report(ObjectNode json, InferenceReport report) {
    json.put("mode", report.mode())
        .put("engine", report.engine())
        .put("tokens", report.tokens())
        .put("tokenClass", report.tokenClass())
        .put("rounds", report.rounds())
        .put("bytesUp", report.bytesUp())
        .put("bytesDown", report.bytesDown())
        .put("keyBytes", report.keyBytes())
        .put("applianceSeconds", report.serverSeconds())
        .put("hereSeconds", report.clientSeconds())
        .put("totalSeconds", report.totalSeconds());
  }
}
