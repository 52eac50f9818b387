package io.cipherstream.gateway.tei;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Head;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.List;

/**
 * {@code POST /embed}.
 *
 * @param normalize whether embeddings are scaled to length 1
 */
record EmbedCall(List<Question> questions, Truncation truncation, boolean normalize) {

  static EmbedCall read(ObjectNode body, GatewayLimits limits, ModelFacts facts) {
    Members members = new Members(body, limits);
    JsonNode inputs = members.required("inputs");
    if (inputs.isArray() && !inputs.isEmpty() && !inputs.get(0).isTextual()) {
      throw GatewayProblem.in(
          "inputs", "member 'inputs' has tokens: expected texts; the gateway has the tokenizer");
    }
    List<String> texts =
        inputs.isTextual()
            ? List.of(members.text("inputs", inputs))
            : members.texts("inputs", inputs);
    boolean normalize = members.flag("normalize", true);
    if (!normalize && facts.shape().head() == Head.EMBEDDING) {
      throw GatewayProblem.in(
          "normalize",
          "member 'normalize' is false, but the model's embeddings have length 1: expected true");
    }
    if (members.member("prompt_name").isPresent()) {
      throw GatewayProblem.in("prompt_name", "member 'prompt_name': the model has no prompts");
    }
    return new EmbedCall(
        texts.stream().<Question>map(Question.Text::new).toList(),
        TeiMembers.truncation(members),
        normalize);
  }

  JsonNode answer(List<ModelAnswer> answers) {
    ArrayNode json = StrictJson.MAPPER.createArrayNode();
    for (ModelAnswer answer : answers) {
      List<Double> row = answer.row();
      double length = Math.sqrt(row.stream().mapToDouble(v -> v * v).sum());
      double scale = normalize && length > 0 ? 1 / length : 1;
      ArrayNode vector = json.addArray();
      row.forEach(value -> vector.add((float) (scale * value)));
    }
    return json;
  }
}
