package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** The packed program on plain slots against the pass of the merged form. */
class SealedProgramTest {

  private static final CkksParameters SET = CkksParameters.N8192_SEALED;

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  private List<double[]> simulate(
      SealedLayout layout, SealedShape shape, MergedEncoder merged, double[][] x) {
    SimulatedArithmetic plain = SimulatedArithmetic.withValues(SET);
    CkksEvaluator evaluator = new CkksEvaluator(plain);
    Parallel parallel = new Parallel(ForkJoinPool.commonPool(), 2);
    SealedScales scales = new SealedScales(SET);
    try (SealedWeights weights =
        SealedWeights.encode(
            layout, shape, scales, merged, PlainSource.of(evaluator), PlainSource.of(evaluator))) {
      int chunks = layout.chunks(x.length);
      List<double[]> slots = SealedInput.of(layout, x);
      List<CiphertextSpec> specs = SealedProgram.inputs(chunks);
      assertThat(slots).hasSameSizeAs(specs);
      List<Ciphertext> received = new ArrayList<>();
      for (int i = 0; i < slots.size(); i++) {
        received.add(plain.fresh(specs.get(i), slots.get(i)));
      }
      Engine engine = new Engine(evaluator, parallel, new SimulatedKeys());
      List<Ciphertext> sent = new SealedProgram(layout, weights, engine).run(received);
      assertThat(sent).allSatisfy(c -> assertThat(c.limbs()).isEqualTo(1));
      return sent.stream().map(plain::decrypt).toList();
    }
  }

  private void agrees(SealedShape shape, int width, int tokens) {
    SealedLayout layout = SealedLayout.of(width, SET);
    MergedEncoder merged = RandomMerged.of(shape, width, random);
    double[][] x = RandomMerged.matrix(tokens, width, 1, random);
    double[] expected = new MergedPass(merged).run(x);
    List<double[]> got = simulate(layout, shape, merged, x);
    assertThat(got).hasSize(expected.length);
    for (int j = 0; j < expected.length; j++) {
      for (double slot : got.get(j)) {
        assertThat(slot)
            .as("seed %d, %s, %d tokens, output %d", seed, shape, tokens, j)
            .isCloseTo(expected[j], within(1e-9));
      }
    }
  }

  @Test
  void aTextOfOneChunkGivesWhatThePlainPassGives() {
    for (int tokens : new int[] {1, 4, 29}) {
      agrees(new SealedShape(512, 4, 1), 128, tokens);
    }
  }

  @Test
  void aLongTextIsComputedInChunks() {
    for (int tokens : new int[] {30, 52, 64}) {
      agrees(new SealedShape(256, 2, 1), 128, tokens);
    }
  }

  @Test
  void oddSizesAndSeveralOutputs() {
    agrees(new SealedShape(77, 3, 4), 60, 20);
    agrees(new SealedShape(300, 1, 2), 200, 9);
  }

  @Test
  void chunksCoverEveryTokenOnce() {
    SealedLayout layout = SealedLayout.of(128, SET);
    assertThat(layout.rows()).isEqualTo(32);
    for (int tokens = 1; tokens <= 104; tokens++) {
      int chunks = layout.chunks(tokens);
      assertThat(tokens).isBetween(1, layout.tokensMax(chunks));
      assertThat(chunks == 1 || tokens > layout.tokensMax(chunks - 1)).isTrue();
      double sum = 0;
      for (int c = 0; c < chunks; c++) {
        double[] w = layout.weights(tokens, c, chunks);
        assertThat(w[0]).as("row 0 has no weight").isZero();
        for (double v : w) {
          sum += v;
        }
      }
      assertThat(sum / layout.features()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void rowsThatAreTooWideAreRefused() {
    assertThatThrownBy(() -> SealedLayout.of(300, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("300 features")
        .hasMessageContaining("holds 8 of them");
    assertThatThrownBy(() -> new SealedScales(CkksParameters.N8192))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 data primes");
  }
}
