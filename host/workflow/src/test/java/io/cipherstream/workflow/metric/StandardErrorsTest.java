package io.cipherstream.workflow.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StandardErrorsTest {

  @Test
  void theSameSeedGivesTheSameError() {
    double one = StandardErrors.bootstrap(50, s -> s[0], 100, 3);
    assertThat(StandardErrors.bootstrap(50, s -> s[0], 100, 3)).isEqualTo(one);
    assertThat(StandardErrors.bootstrap(50, s -> s[0], 100, 4)).isNotEqualTo(one);
  }

  @Test
  void theBootstrapOfAShareIsTheBinomialError() {
    double share = 0.8;
    double error =
        StandardErrors.bootstrap(
            872, s -> Arrays.stream(s).filter(i -> i < share * 872).count() / 872.0, 2000, 1);
    assertThat(StandardErrors.binomial(share, 872)).isCloseTo(0.013546, within(1e-6));
    assertThat(error).isCloseTo(0.013546, within(0.0008));
  }

  @Test
  void scoresThatAreNotDefinedAreLeftOut() {
    assertThat(StandardErrors.bootstrap(5, s -> Double.NaN, 10, 1)).isNaN();
    assertThat(StandardErrors.bootstrap(5, s -> s[0] == 0 ? Double.NaN : 1, 50, 1)).isZero();
  }

  @Test
  void theMajorityIsTheTrainingSets() {
    assertThat(Baseline.majority(3, new int[] {2, 1, 2, 1, 0})).isEqualTo(1);
    assertThat(Baseline.majority(2, new int[] {0, 1, 1})).isEqualTo(1);
    assertThat(Baseline.mean(new double[] {1, 2, 6})).isEqualTo(3);
  }
}
