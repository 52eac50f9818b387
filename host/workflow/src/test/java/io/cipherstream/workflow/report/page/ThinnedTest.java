package io.cipherstream.workflow.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThinnedTest {

  @Test
  void spikesStayAndOrderToo() {
    double[] x = IntStream.range(0, 100_000).asDoubleStream().toArray();
    double[] y = new double[x.length];
    y[31_415] = 7;
    y[92_653] = -3;
    y[5] = Double.NaN;
    Thinned thinned = Thinned.of(x, y);
    assertThat(thinned.x().length).isLessThanOrEqualTo(800);
    assertThat(thinned.x()).isSorted().contains(31_415, 92_653);
    assertThat(thinned.y()).contains(7, -3);
    assertThat(Arrays.stream(thinned.y()).anyMatch(Double::isNaN)).isFalse();
  }

  @Test
  void aShortSeriesStaysWhole() {
    assertThat(Thinned.of(new double[] {1, 2, 3}, new double[] {5, 4, 6}).y())
        .containsExactly(5, 4, 6);
    assertThat(Thinned.of(new double[] {1}, new double[] {Double.POSITIVE_INFINITY}).isEmpty())
        .isTrue();
  }

  @Test
  void theSmoothedValueIsAMeanThatForgets() {
    // Weight 1 − 2/4 = 1/2: (4·½ + 1) / 1.5.
    assertThat(Thinned.smoothed(new double[] {Double.NaN, 4, Double.NaN, 1}, 3)[3])
        .isCloseTo(2, within(1e-12));
    assertThat(Thinned.smoothed(new double[] {Double.NaN, 4}, 3)[0]).isNaN();
  }
}
