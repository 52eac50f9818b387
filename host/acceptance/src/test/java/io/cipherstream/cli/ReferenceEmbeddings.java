package io.cipherstream.cli;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** all-MiniLM-L6-v2 from its Maven artifact as ONNX Runtime computes it. */
final class ReferenceEmbeddings implements AutoCloseable {

  private final Path jar;
  private final ImportedModel model;
  private final OrtSession session;

  ReferenceEmbeddings() throws OrtException, IOException, URISyntaxException {
    URL inside =
        Objects.requireNonNull(ReferenceEmbeddings.class.getResource("/all-minilm-l6-v2.onnx"));
    jar = Path.of(((JarURLConnection) inside.openConnection()).getJarFileURL().toURI());
    model = ModelImporter.importFrom(jar, ImportOptions.named("minilm").withPooling(Pooling.MEAN));
    try (InputStream in = inside.openStream()) {
      session = OrtEnvironment.getEnvironment().createSession(in.readAllBytes());
    }
  }

  /** The artifact, from which the command line imports the same model. */
  Path artifact() {
    return jar;
  }

  /** The number of a text's tokens. */
  int tokens(String text) {
    return model.tokenizer().encode(text).length;
  }

  /** The mean over the tokens, of length 1. */
  double[] of(String text) throws OrtException {
    int[] ids = model.tokenizer().encode(text);
    long[][] tokens = {Arrays.stream(ids).asLongStream().toArray()};
    long[][] mask = {new long[ids.length]};
    Arrays.fill(mask[0], 1);
    long[][] types = {new long[ids.length]};
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
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

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
