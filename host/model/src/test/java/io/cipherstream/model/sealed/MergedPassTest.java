package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The merged form against the pass layer by layer, which shares no arithmetic with it. */
class MergedPassTest {

  private static final double TOLERANCE = 1e-9;

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 16})
  void mergedFormEqualsThePlainPass(int classes) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(40, seed);
    SealedEncoder encoder = random.encoder("CQ", classes);
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

  @Test
  void otherSpecsHaveNoSuchForm() {
    SealedEncoder encoder = new RandomSealed(10, 1).encoder("CS", 2);
    assertThatThrownBy(() -> MergedEncoder.of(encoder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("spec CS has no merged form");
  }
}
