package io.cipherstream.server.api;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The inputs and outputs of {@code infer}, as JSON. */
final class TensorView {

  private TensorView() {}

  /** Every input of a model, from the request that has the most; empty if there is no request. */
  static JsonArray inputs(ServedModel model) {
    return tensors(InferTensors.inputs(most(model, AgreedPlan::inputs)));
  }

  /** Every output of a model. */
  static JsonArray outputs(ServedModel model) {
    return tensors(InferTensors.outputs(most(model, AgreedPlan::result)));
  }

  /** The envelopes of each token class of a mode without rounds. */
  static JsonArray requests(ServedModel model) {
    JsonArray requests = new JsonArray();
    for (AgreedPlan plan : whole(model)) {
      CkksParameters set = plan.parameters();
      requests.add(
          new JsonObject()
              .put("mode", plan.mode())
              .put("tokenClass", plan.tokenClass())
              .put("planDigest", plan.digestHex())
              .put(
                  "inputs",
                  envelopes(
                      InferTensors.inputs(plan.inputs().size()),
                      plan.inputs(),
                      spec ->
                          EnvelopeSizes.seededCiphertext(
                              set, spec.limbs(), WordPacking.BIT_PACKED)))
              .put(
                  "outputs",
                  envelopes(
                      InferTensors.outputs(plan.result().size()),
                      plan.result(),
                      spec ->
                          EnvelopeSizes.ciphertext(set, spec.limbs(), WordPacking.BIT_PACKED))));
    }
    return requests;
  }

  private static List<AgreedPlan> whole(ServedModel model) {
    return model.plans().stream().filter(plan -> plan.rounds().isEmpty()).toList();
  }

  private static int most(ServedModel model, Function<AgreedPlan, List<CiphertextSpec>> of) {
    return whole(model).stream().mapToInt(plan -> of.apply(plan).size()).max().orElse(0);
  }

  private static JsonArray tensors(List<String> names) {
    List<JsonObject> tensors = new ArrayList<>();
    for (String name : names) {
      tensors.add(
          new JsonObject()
              .put("name", name)
              .put("datatype", InferTensors.DATATYPE)
              .put("shape", new JsonArray().add(-1)));
    }
    return new JsonArray(tensors);
  }

  private static JsonArray envelopes(
      List<String> names, List<CiphertextSpec> specs, Function<CiphertextSpec, Long> bytes) {
    JsonArray envelopes = new JsonArray();
    for (int i = 0; i < names.size(); i++) {
      CiphertextSpec spec = specs.get(i);
      envelopes.add(
          new JsonObject()
              .put("name", names.get(i))
              .put("limbs", spec.limbs())
              .put("scale", spec.scale())
              .put("bytes", bytes.apply(spec)));
    }
    return envelopes;
  }
}
