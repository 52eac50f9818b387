package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The packed program on plain slots against the pass of the merged form. */
class SealedProgramTest {

  private static final CkksParameters SET = CkksParameters.N8192_SEALED;

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  private void agrees(ModelShape shape, int tokens) {
    MergedEncoder merged = RandomMerged.of(SealedShape.of(shape), shape.width(), random);
    double[][] x = RandomMerged.matrix(tokens, shape.width(), 1, random);
    PlainRun run = PlainRun.of(merged, InferencePlan.sealed(shape, SET), x);
    double[] expected = new MergedPass(merged).run(x);
    for (int j = 0; j < expected.length; j++) {
      for (double slot : run.sent().get(j)) {
        assertThat(slot)
            .as("seed %d, %s, %d tokens, output %d", seed, shape, tokens, j)
            .isCloseTo(expected[j], within(1e-9));
      }
      double[] imaginary = run.answers().get(j).slots().im();
      assertThat(imaginary).as("imaginary parts are left from level 1").isNotNull();
      assertThat(imaginary).as("and are gone").containsOnly(0.0);
    }
    double[] row = run.row();
    assertThat(row).hasSize(shape.outputs());
    if (expected.length == 1) {
      assertThat(row[1] - row[0]).isCloseTo(expected[0], within(1e-9));
    }
  }

  @Test
  void aTextOfOneChunkGivesWhatThePlainPassGives() {
    for (int tokens : new int[] {1, 4, 29}) {
      agrees(RandomMerged.shape(128, 4, 512, 64, 1), tokens);
    }
  }

  @Test
  void aLongTextIsComputedInChunks() {
    for (int tokens : new int[] {30, 52, 64}) {
      agrees(RandomMerged.shape(128, 2, 256, 64, 1), tokens);
    }
  }

  @Test
  void oddSizesAndSeveralOutputs() {
    agrees(RandomMerged.shape(60, 3, 77, 40, 4), 20);
    agrees(RandomMerged.shape(200, 1, 300, 20, 3), 9);
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
