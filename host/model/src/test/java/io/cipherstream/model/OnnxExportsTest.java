package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What today's exporters write ({@code onnx/export.py}): ONNX Runtime's numbers, or a refusal. */
class OnnxExportsTest {

  private static final int VOCABULARY = 40;
  private static final int TOKENS = 7;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tf4.36-eager-script-11",
        "tf4.46-sdpa-script-14",
        "tf5.24-sdpa-script-14",
        "tf5.24-eager-script-11",
        "tf5.24-sdpa-dynamo-20",
        "tf5.24-sdpa-dynamo-23",
        "tf5.24-eager-dynamo-21",
        "tf5.24-sdpa-static-20",
        "tf5.24-dynamo-unoptimised",
        "tf5.24-external",
        "tf5.24-no-types",
        "tf5.24-hidden-and-pooler",
        "tf5.24-electra",
        "tf5.24-gelu-new",
        "tf5.24-gelu-pytorch-tanh",
        "tf5.24-distilbert-script",
        "tf5.24-roberta",
        "tf4.46-mpnet"
      })
  void hiddenStates(String name) throws Exception {
    for (Pooling pooling : List.of(Pooling.MEAN, Pooling.CLS)) {
      ImportedModel model = read(name, o -> o.withPooling(pooling));
      assertThat(model.encoder().shape().head()).isEqualTo(Head.EMBEDDING);
      compare(
          name, model, rows -> PlaintextTransformer.unit(PlaintextTransformer.pool(rows, pooling)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tf5.24-mean-script, MEAN, VECTOR",
    "tf5.24-unit-dynamo, MEAN, EMBEDDING",
    "tf5.24-cls-script, CLS, VECTOR"
  })
  void poolingInTheGraph(String name, Pooling pooling, Head head) throws Exception {
    ImportedModel model = read(name, o -> o);
    assertThat(model.encoder().shape().pooling()).isEqualTo(pooling);
    assertThat(model.encoder().shape().head()).isEqualTo(head);
    compare(name, model, rows -> rows[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "tf4.36-classes-script, 3, CLS",
    "tf5.24-classes-dynamo, 4, CLS",
    "tf5.24-tags-script, 5, NONE"
  })
  void classifiers(String name, int classes, Pooling pooling) throws Exception {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      labels.add("L" + i);
    }
    ImportedModel model = read(name, o -> o.withLabels(labels));
    assertThat(model.encoder().shape().labels()).isEqualTo(labels);
    assertThat(model.encoder().shape().pooling()).isEqualTo(pooling);
    compare(name, model, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tf5.24-decoder | more than products of queries and keys",
        "tf5.24-extended | as it was before optimisation",
        "tf5.24-int8 | as it was before quantisation"
      })
  void othersAreRefused(String name, String message) throws Exception {
    Path file = copy(name);
    Expect.kind(
            ModelException.Kind.UNSUPPORTED,
            () ->
                ModelImporter.importFrom(file, ImportOptions.named("m").withPooling(Pooling.MEAN)))
        .hasMessageContaining(message);
  }

  @Test
  void outsideDataStayInTheFolder() throws Exception {
    Path file = copy("tf5.24-external");
    Path data = folder.resolve("tf5.24-external.onnx.data");
    byte[] bytes = Files.readAllBytes(data);
    Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));
    refused(file, ModelException.Kind.TRUNCATED, "bytes from");
    Files.delete(data);
    refused(file, ModelException.Kind.NOT_FOUND, "not beside the model");
    Path secret = Files.createTempFile("outside", ".bin");
    try {
      Files.write(secret, bytes);
      Files.createSymbolicLink(data, secret);
      refused(file, ModelException.Kind.MALFORMED, "a file in the model's folder");
    } finally {
      Files.delete(secret);
    }
    for (String location : List.of("../x", "/etc/passwd", "a/../../x", "")) {
      byte[] tensor = OnnxFile.outside("w", List.of("location", location), 3, 2);
      Path bad = folder.resolve("bad.onnx");
      byte[] node = OnnxFile.node("Gather", "y", "w", "input_ids");
      Files.write(bad, OnnxFile.model(new byte[][] {node}, new byte[][] {tensor}, "y"));
      refused(bad, ModelException.Kind.MALFORMED, "a file in the model's folder");
    }
  }

  private static void refused(Path file, ModelException.Kind kind, String message) {
    Expect.kind(
            kind,
            () ->
                ModelImporter.importFrom(file, ImportOptions.named("m").withPooling(Pooling.MEAN)))
        .hasMessageContaining(message);
  }

  private interface Options {
    ImportOptions of(ImportOptions plain);
  }

  private interface Answer {
    double[] of(double[][] rows);
  }

  private ImportedModel read(String name, Options options) throws Exception {
    return ModelImporter.importFrom(copy(name), options.of(ImportOptions.named("m")));
  }

  /** The file with what belongs to it in an empty folder, and a vocabulary. */
  private Path copy(String name) throws IOException, URISyntaxException {
    for (String file : List.of(name + ".onnx", name + ".onnx.data")) {
      URL url = OnnxExportsTest.class.getResource("/onnx/" + file);
      if (url != null) {
        Path to = folder.resolve(file);
        Files.deleteIfExists(to);
        Files.copy(Path.of(url.toURI()), to);
      }
    }
    Files.write(folder.resolve("vocab.txt"), RandomModel.vocabulary());
    return folder.resolve(name + ".onnx");
  }

  private void compare(String name, ImportedModel model, Answer answer) throws OrtException {
    long seed = new Random().nextLong();
    // 1 is RoBERTa's and MPNet's padding, whose tokens they do not count.
    int[] ids = new Random(seed).ints(TOKENS, 2, VOCABULARY).toArray();
    boolean pairs = model.embeddings().segments() > 1;
    int[] segments = new int[TOKENS];
    Arrays.fill(segments, 4, TOKENS, pairs ? 1 : 0);
    double[][] got =
        new PlaintextTransformer(model.encoder(), model.embeddings()).runRows(ids, segments);
    double[][] rows = runtime(folder.resolve(name + ".onnx"), ids, segments);
    double[][] want = answer == null ? rows : new double[][] {answer.of(rows)};
    assertThat(got.length).isEqualTo(want.length);
    double worst = 0;
    for (int r = 0; r < want.length; r++) {
      for (int i = 0; i < want[r].length; i++) {
        worst = Math.max(worst, Math.abs(got[r][i] - want[r][i]));
      }
    }
    assertThat(worst).as("%s, seed %d", name, seed).isLessThan(2e-5);
  }

  /** The rows of the output that the model is for: the last one of the graph, or its only one. */
  private static double[][] runtime(Path file, int[] ids, int[] segments) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> fed = new HashMap<>();
    try (OrtSession session = environment.createSession(file.toString())) {
      for (String input : session.getInputNames()) {
        long[][] values = new long[1][ids.length];
        for (int t = 0; t < ids.length; t++) {
          values[0][t] = input.contains("mask") ? 1 : input.contains("type") ? segments[t] : ids[t];
        }
        fed.put(input, OnnxTensor.createTensor(environment, values));
      }
      String output =
          session.getOutputNames().stream()
              .max(
                  Comparator.comparing((String n) -> n.equals("last_hidden_state"))
                      .thenComparing(n -> n.equals("sentence_embedding")))
              .orElseThrow();
      try (OrtSession.Result result = session.run(fed)) {
        Object value = Objects.requireNonNull(result.get(output).orElseThrow().getValue());
        float[][] rows = value instanceof float[][][] deep ? deep[0] : (float[][]) value;
        return Arrays.stream(rows)
            .map(
                row -> {
                  double[] out = new double[row.length];
                  Arrays.setAll(out, i -> row[i]);
                  return out;
                })
            .toArray(double[][]::new);
      }
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }
}
