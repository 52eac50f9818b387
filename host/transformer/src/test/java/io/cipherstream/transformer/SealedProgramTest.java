package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
      for (double slot : run.decrypted().get(j)) {
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

  /** Two places of 13 tokens in 32 rows, four in 64; the last is left empty, or none is. */
  @ParameterizedTest
  @CsvSource({"128, 4, 2", "128, 4, 1", "60, 3, 4", "60, 3, 3"})
  void textsThatShareAChunkGiveWhatEachGivesAlone(int width, int heads, int count) {
    ModelShape shape = RandomMerged.shape(width, heads, 200, 64, 3);
    MergedEncoder merged = RandomMerged.of(SealedShape.of(shape), width, random);
    List<double[][]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int tokens = i == 0 ? 13 : 1 + random.nextInt(13);
      texts.add(RandomMerged.matrix(tokens, width, 1, random));
    }
    PlainRun run = PlainRun.shared(merged, InferencePlan.sealed(shape, SET), texts);
    double[][] rows = run.side().rows(run.decrypted());
    assertThat(rows).hasDimensions(count, 3);
    int place = 0;
    for (double[][] x : texts) {
      double[] expected = new MergedPass(merged).run(x);
      for (int j = 0; j < 3; j++) {
        for (double slot : run.decrypted().get(place * 3 + j)) {
          assertThat(slot)
              .as("seed %d, text %d of %d tokens, output %d", seed, place, x.length, j)
              .isCloseTo(expected[j], within(1e-9));
        }
        assertThat(rows[place][j]).isCloseTo(expected[j], within(1e-9));
      }
      place++;
    }
  }

  @Test
  void whatSharesAChunkIsShort() {
    List<InferencePlan> plans = InferencePlan.sealed(RandomMerged.shape(128, 4, 512, 64, 1), SET);
    assertThat(plans).extracting(InferencePlan::tokenClass).containsExactly(29, 52, 78, 26);
    InferencePlan shared = plans.get(3);
    assertThat(shared.takesManyTexts()).isTrue();
    assertThat(shared.holds(13, 13)).isTrue();
    assertThat(shared.holds(14)).as("a text beyond its place").isFalse();
    assertThat(shared.holds(4, 4, 4)).as("more texts than places").isFalse();
    assertThat(shared.isWorthSharing(13)).isFalse();
    assertThat(shared.isWorthSharing(2, 5)).isTrue();
    assertThat(plans.get(0).holds(4, 4)).as("a text has its chunk alone").isFalse();
    assertThat(shared.rotationLimbs()).isEqualTo(plans.get(0).rotationLimbs());
    List<InferencePlan> many = InferencePlan.sealed(RandomMerged.shape(128, 4, 512, 64, 9), SET);
    assertThat(many).as("of nine outputs").noneMatch(InferencePlan::takesManyTexts);
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
