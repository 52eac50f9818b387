package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.Calibrator;
import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Ranges;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A pre-trained model as it is, under encryption on the engine that is chosen by default, against
 * ONNX Runtime in the clear.
 */
@Tag("native")
@Tag("slow")
class MiniLmEmbeddingIT {

  private static final CkksParameters SET = CkksParameters.N4096;
  private static final double COSINE_MIN = 0.99999;

  /** Enough sentences for ranges; a package is calibrated on all of them. */
  private static final int CALIBRATION_SENTENCES = 40;

  /** 15, 30 and 113 tokens with [CLS] and [SEP]. */
  private static final List<String> SENTENCES =
      List.of(
          "the old bridge over the wide river was closed for repairs last winter",
          "after the storm had passed the children ran down to the beach to look for shells , wood"
              + " and whatever else the sea had thrown on the sand",
          "the council met again on tuesday evening to talk about the market square , ".repeat(8));

  private static final List<Integer> TOKENS = List.of(15, 30, 114);

  @Test
  void encryptedEmbeddingsAgreeWithOnnxRuntime()
      throws OrtException, IOException, URISyntaxException {
    URL inside =
        Objects.requireNonNull(MiniLmEmbeddingIT.class.getResource("/all-minilm-l6-v2.onnx"));
    Path jar = Path.of(((JarURLConnection) inside.openConnection()).getJarFileURL().toURI());
    ImportedModel model =
        ModelImporter.importFrom(jar, ImportOptions.named("minilm").withPooling(Pooling.MEAN));
    Ranges ranges =
        Calibrator.calibrate(
            model.encoder(),
            model.embeddings(),
            model.tokenizer(),
            Calibrator.sentences().subList(0, CALIBRATION_SENTENCES),
            (step, done, total) -> {});
    List<InferencePlan> plans =
        Stream.of(16, 32, 128)
            .map(
                tokenClass ->
                    InferencePlan.of(
                        model.encoder().shape(), ranges, InferenceMode.HYBRID, tokenClass, SET))
            .toList();
    byte[] onnx;
    try (InputStream in = inside.openStream()) {
      onnx = in.readAllBytes();
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx);
        LimbEngine engine = new SealEngine(SET.ring());
        EncryptedPair pair =
            new EncryptedPair(
                plans,
                model.encoder(),
                model.embeddings(),
                seal -> new CkksEvaluator(new LimbArithmetic(SET, engine, 4L << 30)))) {
      for (int i = 0; i < SENTENCES.size(); i++) {
        int[] ids = model.tokenizer().encode(SENTENCES.get(i));
        assertThat(ids).hasSize(TOKENS.get(i));
        double[] want = reference(environment, session, ids);
        double[] got = pair.run(InferenceMode.HYBRID, ids);
        double cosine = 0;
        for (int j = 0; j < want.length; j++) {
          cosine += want[j] * got[j];
        }
        System.out.printf(
            "MiniLM encrypted, %d tokens: 1 - cosine %.2e, server %.2f s%n",
            ids.length, 1 - cosine, pair.serverSeconds());
        assertThat(cosine).isGreaterThanOrEqualTo(COSINE_MIN).isLessThan(1 + 1e-6);
      }
    }
  }

  /** Mean of the last hidden state, of unit length. */
  private static double[] reference(OrtEnvironment environment, OrtSession session, int[] ids)
      throws OrtException {
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    long[][] tokens = {Arrays.stream(ids).asLongStream().toArray()};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, tokens);
        OnnxTensor mask = OnnxTensor.createTensor(environment, new long[][] {ones});
        OnnxTensor types =
            OnnxTensor.createTensor(environment, new long[][] {new long[ids.length]});
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", input, "attention_mask", mask, "token_type_ids", types))) {
      float[][] hidden = ((float[][][]) result.get(0).getValue())[0];
      double[] sum = new double[hidden[0].length];
      for (float[] row : hidden) {
        for (int j = 0; j < sum.length; j++) {
          sum[j] += row[j];
        }
      }
      double length = Math.sqrt(Arrays.stream(sum).map(v -> v * v).sum());
      return Arrays.stream(sum).map(v -> v / length).toArray();
    }
  }
}
