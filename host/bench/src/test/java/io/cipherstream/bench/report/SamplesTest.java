package io.cipherstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void medianQuartilesAndExtremes() {
    Samples s = Samples.of(List.of(5.0, 1.0, 4.0, 2.0, 3.0));
    assertThat(s.median()).isEqualTo(3);
    assertThat(s.lowerQuartile()).isEqualTo(1.5);
    assertThat(s.upperQuartile()).isEqualTo(4.5);
    assertThat(s.minimum()).isEqualTo(1);
    assertThat(s.maximum()).isEqualTo(5);
    assertThat(s.all()).containsExactly(5.0, 1.0, 4.0, 2.0, 3.0);
    assertThat(s.spread()).isEqualTo(1);
  }

  @Test
  void oneSampleHasNoSpread() {
    assertThat(Samples.of(List.of(7.0)).spread()).isZero();
  }

  @Test
  void noSamplesAreRefused() {
    assertThatThrownBy(() -> Samples.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
