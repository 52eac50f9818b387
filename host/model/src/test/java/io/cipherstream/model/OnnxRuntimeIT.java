package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** all-MiniLM-L6-v2 from its Maven artifact: our forward pass against ONNX Runtime. */
@Tag("slow")
class OnnxRuntimeIT {

  private static final List<String> SENTENCES =
      List.of(
          "Hello.",
          "The quick brown fox jumps over the lazy dog.",
          "Private inference keeps the text with the one who wrote it.",
          "A train left the station two hours late, and nobody on the platform seemed surprised.",
          "We tested the pump at four speeds, with clean water, salt water and a thin slurry, and "
              + "in every case the flow stayed within three percent of the value on the label.",
          "Grüße aus Köln: 100% naïve, 3.14159 & more!");

  @Test
  void embeddingsAgree() throws OrtException, IOException, URISyntaxException {
    URL inside = Objects.requireNonNull(OnnxRuntimeIT.class.getResource("/all-minilm-l6-v2.onnx"));
    Path jar = Path.of(((JarURLConnection) inside.openConnection()).getJarFileURL().toURI());
    ImportedModel model =
        ModelImporter.importFrom(jar, ImportOptions.named("minilm").withPooling(Pooling.MEAN));
    ModelShape shape = model.encoder().shape();
    assertThat(shape)
        .isEqualTo(
            new ModelShape(
                6,
                384,
                12,
                1536,
                512,
                30_522,
                Activation.GELU,
                AttentionKind.SOFTMAX,
                NormKind.FULL,
                Pooling.MEAN,
                List.of(),
                0,
                Pooler.NONE,
                shape.layerNormEpsilon()));
    assertThat(shape.layerNormEpsilon()).isCloseTo(1e-12, within(1e-18));
    PlaintextTransformer ours = new PlaintextTransformer(model.encoder(), model.embeddings());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    byte[] onnx;
    try (InputStream in = inside.openStream()) {
      onnx = in.readAllBytes();
    }
    double worst = 0;
    try (OrtSession session = environment.createSession(onnx)) {
      for (String sentence : SENTENCES) {
        int[] ids = model.tokenizer().encode(sentence);
        double[] got = ours.run(ids);
        double[] want = reference(environment, session, ids);
        for (int j = 0; j < want.length; j++) {
          worst = Math.max(worst, Math.abs(got[j] - want[j]));
        }
      }
    }
    System.out.printf("MiniLM against ONNX Runtime: largest difference %.3g%n", worst);
    assertThat(worst).isLessThan(1e-5);
  }

  private static double[] reference(OrtEnvironment environment, OrtSession session, int[] ids)
      throws OrtException {
    long[][] tokens = {Arrays.stream(ids).asLongStream().toArray()};
    long[][] mask = {new long[ids.length]};
    Arrays.fill(mask[0], 1);
    long[][] types = {new long[ids.length]};
    try (OnnxTensor a = OnnxTensor.createTensor(environment, tokens);
        OnnxTensor b = OnnxTensor.createTensor(environment, mask);
        OnnxTensor c = OnnxTensor.createTensor(environment, types);
        OrtSession.Result result =
            session.run(Map.of("input_ids", a, "attention_mask", b, "token_type_ids", c))) {
      float[][] rows = ((float[][][]) result.get(0).getValue())[0];
      double[] mean = new double[rows[0].length];
      for (float[] row : rows) {
        for (int j = 0; j < mean.length; j++) {
          mean[j] += row[j];
        }
      }
      double norm = Math.sqrt(Arrays.stream(mean).map(v -> v * v).sum());
      return Arrays.stream(mean).map(v -> v / norm).toArray();
    }
  }
}
