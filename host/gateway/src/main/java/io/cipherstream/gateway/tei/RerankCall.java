package io.cipherstream.gateway.tei;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.serving.ModelAnswer;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code POST /rerank}: texts in the order of the values that a model of pairs gives for the query
 * and each of them.
 *
 * @param raw whether scores are the values instead of 1 / (1 + exp(−value))
 * @param withTexts whether the answer repeats the texts
 */
record RerankCall(
    String query, List<String> texts, Truncation truncation, boolean raw, boolean withTexts) {

  static RerankCall read(ObjectNode body, GatewayLimits limits) {
    Members members = new Members(body, limits);
    return new RerankCall(
        members.string("query"),
        members.texts("texts", members.required("texts")),
        TeiMembers.truncation(members),
        members.flag("raw_scores", false),
        members.flag("return_text", false));
  }

  List<Question> questions() {
    return texts.stream().<Question>map(text -> new Question.Pair(query, text)).toList();
  }

  JsonNode answer(List<ModelAnswer> answers) {
    List<Double> scores =
        answers.stream()
            .map(answer -> answer.row().get(0))
            .map(value -> raw ? value : TeiMembers.sigmoid(value))
            .toList();
    ArrayNode json = StrictJson.MAPPER.createArrayNode();
    IntStream.range(0, scores.size())
        .boxed()
        .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
        .forEach(
            i -> {
              ObjectNode rank = json.addObject().put("index", i);
              if (withTexts) {
                rank.put("text", texts.get(i));
              }
              rank.put("score", scores.get(i).floatValue());
            });
    return json;
  }
}
