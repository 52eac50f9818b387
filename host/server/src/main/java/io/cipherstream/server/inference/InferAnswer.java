package io.cipherstream.server.inference;

import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;

/** The answer to {@code infer}: JSON, followed by an envelope for each output. */
final class InferAnswer {

  private InferAnswer() {}

  /** The JSON. */
  static Buffer header(ServedModel model, byte[] inference, AgreedPlan plan, InferenceTimes times) {
    JsonArray outputs = new JsonArray();
    for (int i = 0; i < plan.result().size(); i++) {
      long length = envelopeBytes(plan, plan.result().get(i));
      outputs.add(
          new JsonObject()
              .put("name", InferTensors.outputs(plan.result().size()).get(i))
              .put("datatype", InferTensors.DATATYPE)
              .put("shape", new JsonArray().add(length))
              .put("parameters", new JsonObject().put("binary_data_size", length)));
    }
    return new JsonObject()
        .put("model_name", model.name())
        .put("model_version", model.version())
        .put("id", HexFormat.of().formatHex(inference))
        .put("parameters", times.parameters())
        .put("outputs", outputs)
        .toBuffer();
  }

  /** Bytes of all envelopes. */
  static long envelopesBytes(AgreedPlan plan) {
    return plan.result().stream().mapToLong(spec -> envelopeBytes(plan, spec)).sum();
  }

  private static long envelopeBytes(AgreedPlan plan, CiphertextSpec spec) {
    return EnvelopeSizes.ciphertext(plan.parameters(), spec.limbs(), WordPacking.BIT_PACKED);
  }
}
