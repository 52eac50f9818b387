package io.cipherstream.server.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.util.Map;

/**
 * The published contract as far as requests are validated against it. Contents of responses are
 * left out, since the validating router knows few media types and checks no response.
 */
final class RequestContract {

  private static final YAMLMapper YAML = new YAMLMapper();

  private RequestContract() {}

  static Future<OpenAPIContract> load(Vertx vertx, Buffer yaml) {
    JsonObject contract;
    try {
      contract =
          new JsonObject(
              YAML.readValue(yaml.getBytes(), new TypeReference<Map<String, Object>>() {}));
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    responses(contract.getJsonObject("components").getJsonObject("responses"));
    JsonObject paths = contract.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        if (item.getValue(method) instanceof JsonObject operation) {
          responses(operation.getJsonObject("responses"));
        }
      }
    }
    return OpenAPIContract.from(vertx, contract);
  }

  private static void responses(JsonObject responses) {
    for (String status : responses.fieldNames()) {
      responses.getJsonObject(status).remove("content");
    }
  }
}
