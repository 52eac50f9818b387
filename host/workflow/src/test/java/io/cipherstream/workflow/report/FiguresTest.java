package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void figuresAsReadersSeeThem() {
    assertThat(Figures.score(0.812, 0.0132)).isEqualTo("81.2 ± 1.3");
    assertThat(Figures.score(0.812, Double.NaN)).isEqualTo("81.2");
    assertThat(Figures.mean(0.905, 0.004)).isEqualTo("90.5 (sd 0.4)");
    assertThat(Figures.difference(new Difference(-0.064, 0.014, true))).isEqualTo("−6.4 ± 1.4");
    assertThat(Figures.difference(new Difference(-0.0001, 0, true))).isEqualTo("0.0 ± 0.0");
    assertThat(Figures.time(0.35)).isEqualTo("0.35 s");
    assertThat(Figures.time(4.25)).isEqualTo("4.3 s");
    assertThat(Figures.time(4)).isEqualTo("4 s");
    assertThat(Figures.time(0)).isEqualTo("0 s");
    assertThat(Figures.time(59.4)).isEqualTo("59 s");
    assertThat(Figures.time(125)).isEqualTo("2 min 5 s");
    assertThat(Figures.time(4830)).isEqualTo("1 h 20 min");
    assertThat(Figures.number(36.21)).isEqualTo("36.2");
    assertThat(Figures.number(20911)).isEqualTo("2.1·10⁴");
    assertThat(Figures.number(4.1e-6)).isEqualTo("4.1·10⁻⁶");
    assertThat(Figures.number(0.0034)).isEqualTo("0.00340");
    assertThat(Figures.number(512.4)).isEqualTo("512");
    assertThat(Figures.number(Double.NaN)).isEqualTo("–");
    assertThat(Figures.number(Double.NEGATIVE_INFINITY)).isEqualTo("−∞");
    assertThat(Figures.share(0.123)).isEqualTo("12 %");
    assertThat(Figures.share(0.012)).isEqualTo("1.2 %");
    assertThat(Figures.count(67349)).isEqualTo("67 349");
  }
}
