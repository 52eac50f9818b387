package io.cipherstream.model;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A second, plain reading of a model folder: the tensors as they lie in the file, tokens by the
 * native library with the file's own post-processor, the forward pass from the formulas. It checks
 * nothing and shares no code with the importer.
 */
final class PlainReading {

  private PlainReading() {}

  /** Beyond such a weight float64 rounding decides the answer, and no two orders of sums agree. */
  private static final double WEIGHT_MAX = 1e9;

  /** The answer to a text; null where a weight is so large that it has none of its own. */
  static double @Nullable [] run(Path folder, String text) throws IOException {
    JsonNode config = json(folder.resolve("config.json"));
    RandomModel model = new RandomModel(shape(folder, config), 1);
    model.tensors.clear();
    byte[] bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) data.getLong(0);
    JsonNode header = HubFolder.JSON.readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      JsonNode at = entry.getValue().path("data_offsets");
      double[] values = new double[(at.path(1).intValue() - at.path(0).intValue()) / 4];
      for (int i = 0; i < values.length; i++) {
        values[i] = data.getFloat(8 + length + at.path(0).intValue() + 4 * i);
        if (Math.abs(values[i]) > WEIGHT_MAX) {
          return null;
        }
      }
      model.tensors.put(entry.getKey(), values);
    }
    return new NaiveTransformer(model, false).run(ids(folder, text));
  }

  private static ModelShape shape(Path folder, JsonNode config) throws IOException {
    List<String> labels = new ArrayList<>();
    String architecture = config.path("architectures").path(0).asText("");
    byte[] weights = Files.readAllBytes(folder.resolve("model.safetensors"));
    boolean classifier =
        new String(weights, StandardCharsets.ISO_8859_1).contains("\"classifier.weight\"");
    boolean head =
        architecture.contains("Classification") || (architecture.isEmpty() && classifier);
    for (int i = 0; head && i < config.path("id2label").size(); i++) {
      labels.add(config.path("id2label").path("" + i).asText());
    }
    Path pooling = folder.resolve("1_Pooling").resolve("config.json");
    boolean cls =
        head
            || (Files.exists(pooling)
                && json(pooling).path("pooling_mode").toString().contains("cls"));
    Path modules = folder.resolve("modules.json");
    boolean unit =
        !Files.exists(modules) || Files.readString(modules).contains("models.Normalize\"");
    return new ModelShape(
        config.path("num_hidden_layers").intValue(),
        8,
        config.path("num_attention_heads").intValue(),
        12,
        24,
        RandomModel.VOCABULARY,
        Activation.parse(config.path("hidden_act").asText("gelu")),
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        cls ? Pooling.CLS : Pooling.MEAN,
        head ? Head.CLASSES : unit ? Head.EMBEDDING : Head.VECTOR,
        labels,
        0,
        head ? Pooler.TANH : Pooler.NONE,
        config.path("layer_norm_eps").asDouble(1e-12));
  }

  private static int[] ids(Path folder, String text) throws IOException {
    ObjectNode tokenizer = (ObjectNode) json(folder.resolve("tokenizer.json"));
    tokenizer.putNull("truncation").putNull("padding").putNull("decoder");
    if (!tokenizer.path("post_processor").isObject()) {
      ObjectNode whole = HubFolder.tokenizer();
      tokenizer.set("post_processor", whole.get("post_processor"));
    }
    TokenizersLibrary library = NativeTokenizers.library();
    long handle = library.createTokenizerFromString(tokenizer.toString());
    long encoding = library.encode(handle, text, true);
    try {
      return Arrays.stream(library.getTokenIds(encoding)).mapToInt(i -> (int) i).toArray();
    } finally {
      library.deleteEncoding(encoding);
      library.deleteTokenizer(handle);
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return HubFolder.JSON.readTree(file.toFile());
  }
}
