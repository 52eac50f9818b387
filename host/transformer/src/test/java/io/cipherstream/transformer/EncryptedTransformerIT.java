package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.PlaintextTransformer.Reciprocal;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.seal.client.SealClient;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole program on ciphertexts equals the plaintext forward pass, for odd shapes too: on SEAL
 * where answers are pooled, on seal-limb, in a quarter of the time, where every row is one and all
 * lengths are run. That both give the same words is {@link EnginesIT}'s.
 */
@Tag("native")
@Tag("slow")
class EncryptedTransformerIT {

  private static final CkksParameters SET = CkksParameters.N8192;

  /** Logits of these random models are of order one to ten. */
  private static final double TOLERANCE = 1e-2;

  /**
   * For the last token of a full class, [SEP], which lies in row 0: see {@link TokenLayout}. It
   * shows where nothing is pooled; measured, its error is some five times the others'.
   */
  private static final double TOLERANCE_ROW_0 = 3e-2;

  static Stream<ModelShape> shapes() {
    return Stream.of(
        RandomModels.relative(RandomModels.shape(1, 96, 3, 100, false, Pooling.CLS, 5)),
        RandomModels.shape(1, 96, 3, 100, true, Pooling.MEAN, 5),
        RandomModels.withPooler(
            RandomModels.shape(1, 40, 5, 33, false, Pooling.MEAN, 3), Pooler.RELU),
        RandomModels.withDense(RandomModels.shape(1, 300, 5, 70, false, Pooling.MEAN, 0), 130),
        RandomModels.shape(1, 96, 3, 100, false, Pooling.NONE, 9),
        RandomModels.shape(1, 96, 3, 100, true, Pooling.NONE, 9),
        RandomModels.withValue(RandomModels.shape(1, 96, 3, 100, true, Pooling.CLS, 0)),
        RandomModels.withPooler(
            RandomModels.withValue(RandomModels.shape(1, 96, 3, 100, false, Pooling.CLS, 0)),
            Pooler.GELU));
  }

  /** All lengths where every token has its row of the answer, else two that the seed chooses. */
  private static int[] lengths(ModelShape shape, SplittableRandom random) {
    int[] all = {5, 16, 21, 40};
    if (shape.pooling() == Pooling.NONE) {
      return all;
    }
    int left = random.nextInt(all.length);
    return new int[] {all[left], all[(left + 1 + random.nextInt(all.length - 1)) % all.length]};
  }

  private static CkksEvaluator server(ModelShape shape, SealArithmetic seal, LimbEngine engine) {
    return shape.pooling() == Pooling.NONE
        ? new CkksEvaluator(new LimbArithmetic(SET, engine, 1L << 30))
        : new CkksEvaluator(seal);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsThePlaintextPass(ModelShape shape) {
    long seed = System.nanoTime();
    System.out.println("EncryptedTransformerIT seed " + seed + " width " + shape.width());
    SplittableRandom random = new SplittableRandom(seed);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    final long evaluatorObjects = SealArithmetic.liveObjects();
    final long clientObjects = SealClient.liveObjects();
    for (InferenceMode mode : InferenceMode.supportedBy(shape)) {
      PlaintextTransformer plain =
          new PlaintextTransformer(
              sample.weights(),
              sample.embeddings(),
              mode == InferenceMode.COMPACT ? Reciprocal.EXACT : Reciprocal.HINGES);
      int[] lengths = lengths(shape, random);
      List<InferencePlan> all = InferencePlan.all(shape, sample.ranges(), mode, SET);
      List<InferencePlan> plans =
          IntStream.of(lengths).mapToObj(n -> TokenClass.choose(all, mode, n)).distinct().toList();
      try (LimbEngine engine = new SealEngine(SET.ring());
          EncryptedPair pair =
              new EncryptedPair(
                  plans,
                  sample.weights(),
                  sample.embeddings(),
                  seal -> server(shape, seal, engine))) {
        for (int tokens : lengths) {
          TokenSequence question = RandomModels.question(random, tokens);
          double[][] rows = pair.runRows(mode, question);
          double[][] expected = plain.runRows(question.ids(), question.segments());
          assertThat(rows).hasDimensions(shape.outputRows(tokens), shape.outputs());
          double error = 0;
          for (int row = 0; row < rows.length; row++) {
            assertThat(rows[row])
                .as("seed %d, %s, %d tokens, row %d", seed, mode, tokens, row)
                .containsExactly(
                    expected[row], within(tokens == 16 && row == 15 ? TOLERANCE_ROW_0 : TOLERANCE));
            for (int i = 0; i < rows[row].length; i++) {
              error = Math.max(error, Math.abs(rows[row][i] - expected[row][i]));
            }
          }
          System.out.printf(
              "%s %s %s%s, %d tokens: largest error %.1e, server %.2f s%n",
              mode.label(),
              shape.pooling().text(),
              shape.head().text(),
              shape.pooler().exists() ? " with pooler" : "",
              tokens,
              error,
              pair.serverSeconds());
        }
      }
    }
    assertThat(SealArithmetic.liveObjects()).isEqualTo(evaluatorObjects);
    assertThat(SealClient.liveObjects()).isEqualTo(clientObjects);
  }
}
