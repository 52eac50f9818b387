package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.report.BenchException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulationSettingsTest {

  @Test
  void memoryIsTheConfigurationsUnlessTheEnvironmentSaysOtherwise() {
    CoreConfiguration card = Bitstreams.simulated("sim-cluster");
    assertThat(SimulationSettings.of(Map.of()).memory(card)).isEqualTo(new MemoryShape(40, 256));
    SimulationSettings own =
        SimulationSettings.of(
            Map.of(
                "CIPHERSTREAM_SIM_LATENCY", "100",
                "CIPHERSTREAM_SIM_BANDWIDTH", "64",
                "CIPHERSTREAM_SIM_UNITS", "1",
                "CIPHERSTREAM_SIM_STATS", "file"));
    assertThat(own.memory(card)).isEqualTo(new MemoryShape(100, 64));
    assertThat(own.statistics()).isEqualTo(Path.of("file"));
  }

  @ParameterizedTest
  @CsvSource({"UNITS,2", "STALL,0.1:1", "FAULT,flip@1", "LATENCY,x"})
  void whatWouldDisturbTheCyclesIsRefused(String name, String value) {
    Map<String, String> environment = Map.of("CIPHERSTREAM_SIM_" + name, value);
    assertThatThrownBy(() -> SimulationSettings.of(environment))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.ENGINE))
        .hasMessageContaining("CIPHERSTREAM_SIM_" + name + "=" + value);
  }
}
