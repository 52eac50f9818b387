package io.cipherstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.bench.report.BenchSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeLeftTest {

  private static final BenchSettings SETTINGS = new BenchSettings(true, 1, 9, 60, 0);

  @Test
  void atFirstTheSettingsDecide() {
    TimeLeft left = new TimeLeft(SETTINGS, 10);
    assertThat(left.estimate(0)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void laterWhatCasesTook() {
    TimeLeft left = new TimeLeft(SETTINGS, 1000);
    for (int i = 0; i <= 900; i++) {
      assertThat(left.begin()).isEqualTo(i + 1);
    }
    assertThat(left.estimate(1800)).isBetween(Duration.ofSeconds(195), Duration.ofSeconds(200));
  }
}
