package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The merged form against the pass layer by layer, which shares no arithmetic with it. */
class MergedPassTest {

  private static final double TOLERANCE = 1e-9;

  @ParameterizedTest
  @CsvSource({"CQ, 0", "CQ, 2", "CQ, 3", "CQ, 16", "CQ-kan2, 2", "CQ-kan2, 3"})
  void mergedFormEqualsThePlainPass(String spec, int classes) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(40, seed);
    SealedEncoder encoder = random.encoder(spec, classes);
    MergedPass merged = new MergedPass(MergedEncoder.of(encoder));
    for (int tokens = 1; tokens <= RandomSealed.POSITIONS; tokens++) {
      double[][] x = random.embeddings.embed(random.text(tokens));
      double[] plain = new SealedPass(encoder).run(x);
      double[] expected = classes == 2 ? new double[] {plain[1] - plain[0]} : plain;
      double[] found = merged.run(x);
      assertThat(found).hasSameSizeAs(expected);
      for (int j = 0; j < found.length; j++) {
        double scale = Math.max(1, Math.abs(expected[j]));
        assertThat(Math.abs(found[j] - expected[j]) / scale).isLessThan(TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"CT, 2", "CT, 3", "CT, 16", "CT-kan2, 3"})
  void everyTokenOfACtHasThePlainPasssRow(String spec, int labels) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(40, seed);
    SealedEncoder encoder = random.encoder(spec, labels);
    MergedPass merged = new MergedPass(MergedEncoder.of(encoder));
    for (int tokens = 1; tokens <= RandomSealed.POSITIONS; tokens++) {
      double[][] x = random.embeddings.embed(random.text(tokens));
      double[][] plain = new SealedPass(encoder).rows(x);
      double[][] found = merged.rows(x);
      assertThat(found).hasDimensions(tokens, labels == 2 ? 1 : labels);
      for (int t = 0; t < tokens; t++) {
        for (int j = 0; j < found[t].length; j++) {
          double expected = labels == 2 ? plain[t][1] - plain[t][0] : plain[t][j];
          assertThat(found[t][j])
              .as("seed %d, token %d of %d, output %d", seed, t, tokens, j)
              .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
        }
      }
    }
  }

  @Test
  void otherSpecsHaveNoSuchForm() {
    SealedEncoder encoder = new RandomSealed(10, 1).encoder("CS", 2);
    assertThatThrownBy(() -> MergedEncoder.of(encoder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("spec CS has no merged form");
  }
}
