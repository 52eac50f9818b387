package io.cipherstream.cli.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.InferenceReport;
import io.cipherstream.client.RequestReport;
import java.io.PrintWriter;
import java.util.Collection;

/** Output for programs: one JSON object per line. */
public final class Json {

  public static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode numbers(Collection<Double> values) {
    ArrayNode array = MAPPER.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  public static ArrayNode strings(Collection<String> values) {
    ArrayNode array = MAPPER.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  public static void print(PrintWriter out, JsonNode json) {
    try {
      out.println(MAPPER.writeValueAsString(json));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  /** Adds the members that every request has which is no transformer's. */
  public static void addReport(ObjectNode json, RequestReport report) {
    json.put("mode", report.mode());
    json.put("engine", report.engine());
    json.set("enginesFailed", strings(report.enginesFailed()));
    json.put("bytesUp", report.bytesUp());
    json.put("bytesDown", report.bytesDown());
    json.put("keyBytes", report.keyBytes());
    json.put("serverSeconds", report.serverSeconds());
    json.put("computeSeconds", report.computeSeconds());
    json.put("totalSeconds", report.totalSeconds());
  }

  /** Adds the members that every encrypted result of a transformer has. */
  public static void addReport(ObjectNode json, InferenceReport report) {
    json.put("mode", report.mode());
    json.put("engine", report.engine());
    json.set("enginesFailed", strings(report.enginesFailed()));
    json.put("tokens", report.tokens());
    json.put("tokensLeftOut", report.tokensLeftOut());
    json.put("wordsLeftOut", report.wordsLeftOut());
    json.put("tokenClass", report.tokenClass());
    json.put("rounds", report.rounds());
    json.put("bytesUp", report.bytesUp());
    json.put("bytesDown", report.bytesDown());
    json.put("keyBytes", report.keyBytes());
    json.put("serverSeconds", report.serverSeconds());
    json.put("computeSeconds", report.computeSeconds());
    json.put("clientSeconds", report.clientSeconds());
    json.put("totalSeconds", report.totalSeconds());
    json.put("texts", report.texts());
    json.set("warnings", strings(report.warnings()));
  }
}
