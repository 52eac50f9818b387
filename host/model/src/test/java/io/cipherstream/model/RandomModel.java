package io.cipherstream.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random weights of any size under Hugging Face names, and files made of them. */
final class RandomModel {

  static final int VOCABULARY = 40;

  final ModelShape shape;
  final Map<String, double[]> tensors = new LinkedHashMap<>();
  final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Random random;

  RandomModel(ModelShape shape, long seed) {
    this.shape = shape;
    this.random = new Random(seed);
    int h = shape.width();
    add("bert.embeddings.word_embeddings.weight", 1, 0, VOCABULARY, h);
    add("bert.embeddings.position_embeddings.weight", 0.3, 0, shape.positions(), h);
    add("bert.embeddings.token_type_embeddings.weight", 0.3, 0, 2, h);
    norm("bert.embeddings.LayerNorm");
    for (int i = 0; i < shape.layers(); i++) {
      String at = "bert.encoder.layer." + i + ".";
      dense(at + "attention.self.query", h, h);
      dense(at + "attention.self.key", h, h);
      dense(at + "attention.self.value", h, h);
      dense(at + "attention.output.dense", h, h);
      norm(at + "attention.output.LayerNorm");
      dense(at + "intermediate.dense", shape.ffnWidth(), h);
      dense(at + "output.dense", h, shape.ffnWidth());
      norm(at + "output.LayerNorm");
      if (shape.attention() == AttentionKind.THEX) {
        add("thex.layer." + i + ".T.knots", 5, 12, shape.hinges());
        add("thex.layer." + i + ".T.coefficients", 0.02, 0.05, shape.hinges());
        add("thex.layer." + i + ".T.bias", 0.01, 0, 1);
      }
      if (shape.attention() == AttentionKind.POWER) {
        add("thex.layer." + i + ".power.scale", 0.1, 0.3, 1);
        add("thex.layer." + i + ".power.offset", 0.1, 0.5, 1);
      }
    }
    if (shape.pooler().exists()) {
      dense("bert.pooler.dense", h, h);
    }
    if (shape.hasClassifier()) {
      dense("classifier", shape.outputs(), h);
    }
  }

  double[] get(String name) {
    return tensors.get(name);
  }

  private void dense(String name, int outputs, int inputs) {
    add(name + ".weight", 1 / Math.sqrt(inputs), 0, outputs, inputs);
    add(name + ".bias", 0.2, 0, outputs);
  }

  private void norm(String name) {
    add(name + ".weight", 0.1, 1, shape.width());
    add(name + ".bias", 0.1, 0, shape.width());
  }

  void add(String name, double spread, double centre, int... sizes) {
    int length = 1;
    for (int s : sizes) {
      length *= s;
    }
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (centre + spread * Math.max(-2, Math.min(2, random.nextGaussian())));
    }
    tensors.put(name, values);
    shapes.put(name, sizes);
  }

  static List<String> vocabulary() {
    List<String> words = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    for (int i = words.size(); i < VOCABULARY; i++) {
      words.add("word" + i);
    }
    return words;
  }

  /** A random sentence of that many tokens with [CLS] and [SEP]. */
  int[] sentence(int tokens) {
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = 4 + random.nextInt(VOCABULARY - 4);
    }
    ids[0] = 2;
    ids[tokens - 1] = 3;
    return ids;
  }

  /** A random pair, or one text when the second is empty. */
  TokenSequence question(int tokens) {
    int[] segments = new int[tokens];
    Arrays.fill(segments, 1 + random.nextInt(tokens), tokens, 1);
    return new TokenSequence(sentence(tokens), segments);
  }

  /** The file's bytes, written without the program's own writer; F32. */
  byte[] safetensors(boolean prefix, Map<String, String> metadata) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{");
    String comma = "";
    for (Map.Entry<String, String> e : metadata.entrySet()) {
      header.append(comma).append(quote(e.getKey())).append(':').append(quote(e.getValue()));
      comma = ",";
    }
    header.append('}');
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, double[]> e : tensors.entrySet()) {
      String name = prefix ? e.getKey() : e.getKey().replaceFirst("^bert\\.", "");
      int begin = data.size();
      ByteBuffer words =
          ByteBuffer.allocate(4 * e.getValue().length).order(ByteOrder.LITTLE_ENDIAN);
      for (double v : e.getValue()) {
        words.putFloat((float) v);
      }
      data.write(words.array());
      header
          .append(',')
          .append(quote(name))
          .append(":{\"dtype\":\"F32\",\"shape\":")
          .append(Arrays.toString(shapes.get(e.getKey())))
          .append(",\"data_offsets\":[" + begin + "," + data.size() + "]}");
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    out.write(json);
    data.writeTo(out);
    return out.toByteArray();
  }

  Map<String, String> metadata() {
    Map<String, String> out = new LinkedHashMap<>();
    out.put("layers", "" + shape.layers());
    out.put("heads", "" + shape.heads());
    out.put("pool", shape.pooling().text());
    out.put("activation", shape.activation().text());
    out.put("attention", shape.attention().text());
    out.put("norm", shape.norm().text());
    if (shape.head() == Head.VALUE) {
      out.put("head", "value");
    }
    out.put("labels", String.join(",", shape.labels()));
    return out;
  }

  /** A single safetensors file with metadata and vocab.txt beside it. */
  Path writeFile(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("vocab.txt"), vocabulary());
    return Files.write(folder.resolve("random.safetensors"), safetensors(true, metadata()));
  }

  /** A Hugging Face folder. */
  Path writeFolder(Path folder, boolean prefix) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("vocab.txt"), vocabulary());
    Files.write(folder.resolve("model.safetensors"), safetensors(prefix, Map.of("format", "pt")));
    StringBuilder labels = new StringBuilder(shape.head() == Head.VALUE ? "\"0\":\"LABEL_0\"" : "");
    for (int i = 0; i < shape.labels().size(); i++) {
      labels
          .append(i == 0 ? "" : ",")
          .append(quote("" + i))
          .append(':')
          .append(quote(shape.labels().get(i)));
    }
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\":\"bert\","
            + kind()
            + "\"num_hidden_layers\":"
            + shape.layers()
            + ",\"num_attention_heads\":"
            + shape.heads()
            + ",\"hidden_act\":"
            + quote(shape.activation().text())
            + ",\"layer_norm_eps\":"
            + shape.layerNormEpsilon()
            + ",\"id2label\":{"
            + labels
            + "}}");
    return folder;
  }

  /** What tells the head, as transformers writes it. */
  private String kind() {
    if (shape.pooling() == Pooling.NONE) {
      return "\"architectures\":[\"BertForTokenClassification\"],";
    }
    if (!shape.hasClassifier()) {
      return "\"architectures\":[\"BertModel\"],";
    }
    String problem = shape.head() == Head.VALUE ? "regression" : "single_label_classification";
    String architecture =
        shape.pooler().exists() ? "\"architectures\":[\"BertForSequenceClassification\"]," : "";
    return architecture + "\"problem_type\":\"" + problem + "\",";
  }

  private static String quote(String text) {
    return '"' + text + '"';
  }
}
