package io.cipherstream.gateway.tei;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.ProgramVersion;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.serving.AnsweringModel;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.ModelShape;

/** {@code GET /info}. */
final class TeiInfo {

  /** The client's arithmetic on what it decrypts. */
  private static final String DTYPE = "float64";

  private TeiInfo() {}

  static ObjectNode of(AnsweringModel model, GatewayLimits limits) {
    ModelFacts facts = ModelDirectory.facts(model);
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("model_id", model.name());
    json.putNull("model_sha");
    json.put("model_dtype", DTYPE);
    describe(json.putObject("model_type"), facts);
    json.put("max_concurrent_requests", limits.requestsMax());
    json.put("max_input_length", facts.tokensMax());
    json.put("max_batch_tokens", limits.textsMax() * facts.tokensMax());
    json.putNull("max_batch_requests");
    json.put("max_client_batch_size", limits.textsMax());
    json.put("auto_truncate", false);
    json.put("tokenization_workers", 1);
    json.put("version", ProgramVersion.of());
    json.putNull("sha");
    json.putNull("docker_label");
    return json;
  }

  private static void describe(ObjectNode type, ModelFacts facts) {
    ModelShape shape = facts.shape();
    switch (facts.gives()) {
      case EMBEDDING -> type.putObject("embedding").put("pooling", shape.pooling().text());
      case VALUE -> labels(type.putObject("reranker"), shape);
      default -> labels(type.putObject("classifier"), shape);
    }
  }

  private static void labels(ObjectNode classifier, ModelShape shape) {
    ObjectNode names = classifier.putObject("id2label");
    ObjectNode numbers = classifier.putObject("label2id");
    for (int i = 0; i < shape.outputs(); i++) {
      String label = shape.labels().isEmpty() ? "LABEL_" + i : shape.labels().get(i);
      names.put(Integer.toString(i), label);
      numbers.put(label, i);
    }
  }
}
