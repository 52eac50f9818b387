package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunPaceTest {

  @Test
  void theRestIsEstimatedFromWhatTheConfigurationTookSoFar() {
    RunPace pace = new RunPace();
    pace.plan("slow", 16, 3_000_000);
    pace.plan("fast", 1, 1_000_000);
    assertThat(pace.left()).isPositive();
    pace.done("slow", 1_000_000, 10);
    pace.done("fast", 500_000, 1);
    assertThat(pace.left()).isEqualTo(Duration.ofSeconds(21));
    pace.done("slow", 2_000_000, 30);
    pace.done("fast", 500_000, 1);
    assertThat(pace.left()).isZero();
  }
}
