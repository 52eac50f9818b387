package io.cipherstream.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Question;
import java.util.List;

/**
 * A request for embeddings. Members that it does not name, such as {@code user}, change nothing.
 *
 * @param model that gives embeddings
 * @param questions one a text, at least one
 * @param form how an embedding is written
 */
record EmbeddingsRequest(AnsweringModel model, List<Question> questions, EmbeddingForm form) {

  /**
   * @throws GatewayProblem if a member is missing or wrong, or the model is another one
   */
  static EmbeddingsRequest read(ObjectNode body, GatewayLimits limits, ModelDirectory models) {
    Members members = new Members(body, limits);
    AnsweringModel model = models.find(members.string("model"));
    List<Question> questions = questions(members);
    ModelFacts facts = ModelDirectory.facts(model);
    if (facts.gives() != ModelFacts.Gives.EMBEDDING) {
      throw GatewayProblem.of(
          GatewayProblemKind.WRONG_MODEL,
          "model "
              + model.name()
              + " gives "
              + facts.gives().words()
              + ", no embeddings: ask it by POST /v2/models/"
              + model.name()
              + "/infer");
    }
    int width = facts.shape().outputs();
    boolean base64 =
        switch (members.optionalString("encoding_format").orElse("float")) {
          case "float" -> false;
          case "base64" -> true;
          default ->
              throw GatewayProblem.in(
                  "encoding_format", "member 'encoding_format': expected float or base64");
        };
    return new EmbeddingsRequest(
        model,
        questions,
        new EmbeddingForm(members.integer("dimensions", 1, width).orElse(width), base64));
  }

  private static List<Question> questions(Members members) {
    JsonNode input = members.required("input");
    boolean tokens =
        input.isArray() && !input.isEmpty() && (input.get(0).isNumber() || input.get(0).isArray());
    if (tokens) {
      throw GatewayProblem.in(
          "input",
          "member 'input' has tokens: expected texts, since the model's own tokenizer, not"
              + " OpenAI's, says what a number means");
    }
    List<String> texts =
        input.isTextual() ? List.of(members.text("input", input)) : members.texts("input", input);
    return texts.stream().<Question>map(Question.Text::new).toList();
  }
}
