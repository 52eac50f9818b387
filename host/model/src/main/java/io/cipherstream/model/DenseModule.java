package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * The module Dense of a sentence-transformers folder.
 *
 * @param output what it gives
 * @param layer its matrix and bias
 */
record DenseModule(DenseOutput output, DenseLayer layer) {

  /**
   * @param folder the module's folder: config.json and model.safetensors
   * @throws ModelException of kind UNSUPPORTED, which names what is not computed, MALFORMED, SHAPE,
   *     TENSOR_MISSING or NOT_FOUND
   */
  static DenseModule read(Path folder) {
    JsonNode config =
        ModelFiles.json(folder.resolve("config.json"), HuggingFaceConfig.FILE_BYTES_MAX);
    String where = folder.getFileName() + "/config.json";
    int inputs = size(config, "in_features", where);
    int outputs = size(config, "out_features", where);
    JsonNode bias = config.path("bias");
    if (!bias.isMissingNode() && !bias.isBoolean()) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, where + " says bias " + bias + ": expected true or false");
    }
    DenseFunction function =
        DenseFunction.ofClass(config.path("activation_function").asText(""), where);
    try (OpenTensors tensors = WeightsFile.open(WeightsFile.in(folder))) {
      DenseLayer layer =
          new DenseLayer(
              outputs,
              inputs,
              tensors.read("linear.weight").expect(outputs, inputs).floats(),
              bias.asBoolean(true)
                  ? tensors.read("linear.bias").expect(outputs).floats()
                  : new float[outputs]);
      return new DenseModule(new DenseOutput(outputs, function), layer);
    }
  }

  private static int size(JsonNode config, String key, String where) {
    int size = config.path(key).asInt(0);
    if (!config.path(key).isInt() || size < 1 || size > ModelShape.WIDTH_MAX) {
      throw new ModelException(
          ModelException.Kind.MALFORMED,
          where
              + " says "
              + key
              + " "
              + config.path(key)
              + ": expected 1 to "
              + ModelShape.WIDTH_MAX);
    }
    return size;
  }
}
