package io.cipherstream.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void figuresAsReadersSeeThem() {
    assertThat(Figures.score(0.812, 0.0132)).isEqualTo("81.2 ± 1.3");
    assertThat(Figures.score(0.812, Double.NaN)).isEqualTo("81.2");
    assertThat(Figures.mean(0.905, 0.004)).isEqualTo("90.5 (sd 0.4)");
    assertThat(Figures.difference(-0.064, 0.014)).isEqualTo("−6.4 ± 1.4");
    assertThat(Figures.difference(-0.0001, 0)).isEqualTo("0.0 ± 0.0");
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
    assertThat(Figures.count(1234567.6)).isEqualTo("1 234 568");
    assertThat(Figures.time(945.5e-6)).isEqualTo("945.5 µs");
    assertThat(Figures.time(0.01637)).isEqualTo("16.37 ms");
    assertThat(Figures.digits(0.1234)).isEqualTo("0.123");
    assertThat(Figures.digits(12.34)).isEqualTo("12.3");
    assertThat(Figures.digits(123456)).isEqualTo("123456");
    assertThat(Figures.percent(0.9812, 1)).isEqualTo("98.1 %");
    assertThat(Figures.signedPercent(0.0119)).isEqualTo("+1.2 %");
    assertThat(Figures.signedPercent(-0.0119)).isEqualTo("-1.2 %");
    assertThat(Figures.signedPercent(-0.0001)).isEqualTo("0.0 %");
    assertThat(Figures.rate(476.4)).isEqualTo("476");
    assertThat(Figures.rate(24_400)).isEqualTo("24.4 k");
    assertThat(Figures.rate(337_000)).isEqualTo("337 k");
    assertThat(Figures.bytes(14_990)).isEqualTo("15.0 kB");
    assertThat(Figures.bytes(4e6)).isEqualTo("4.00 MB");
    assertThat(Figures.date(Instant.parse("2026-01-02T03:04:05Z")))
        .isEqualTo("2 January 2026, 03:04 UTC");
  }
}
