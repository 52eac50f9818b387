package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoftmaxAttentionTest {

  /** Scores of head 0 are (0, ln 3) for both tokens, those of head 1 all alike. */
  @Test
  void headsWeighTheirOwnFeatures() {
    double[][] q = {{1, 2}, {1, 5}};
    double[][] k = {{0, 1}, {Math.log(3), 1}};
    double[][] v = {{4, 10}, {8, 30}};
    double[][] out = SoftmaxAttention.of(q, k, v, 2, null);
    assertThat(out[0]).containsExactly(new double[] {7, 20}, within(1e-12));
    assertThat(out[1]).containsExactly(new double[] {7, 20}, within(1e-12));
    assertThat(q).isDeepEqualTo(new double[][] {{1, 2}, {1, 5}});
  }

  @Test
  void aTextOfOneTokenKeepsItsValues() {
    double[][] out =
        SoftmaxAttention.of(
            new double[][] {{3, 1}}, new double[][] {{9, 9}}, new double[][] {{5, 6}}, 1, null);
    assertThat(out[0]).containsExactly(5, 6);
  }
}
