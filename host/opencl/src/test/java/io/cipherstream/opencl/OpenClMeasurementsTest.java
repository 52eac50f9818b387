package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.Runs;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class OpenClMeasurementsTest {

  @Test
  void everyKindGivesAFigureAndALineOfJson() {
    try (OpenClEngine engine = TestEngines.open()) {
      for (OpenClMeasurements.Kind kind : OpenClMeasurements.Kind.values()) {
        OpenClMeasurements.Figure figure = OpenClMeasurements.measure(engine, kind, 4, 3);
        assertThat(figure.perSecond()).isPositive();
        assertThat(figure.perSecondBest()).isGreaterThanOrEqualTo(figure.perSecond());
        assertThat(figure.json())
            .startsWith("{\"device\": \"" + engine.name() + "\", \"kernels\": \"u64-limb\"")
            .contains("\"kind\": \"" + kind + "\"");
      }
      assertThat(engine.counters().liveBuffers()).isZero();
    }
    assertThatThrownBy(() -> OpenClMeasurements.main(new String[] {"--size", "1"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--size");
  }

  @Test
  void resultsSayWhereTheTimeWent() {
    int degree = TestEngines.RING.degree();
    try (OpenClEngine engine = TestEngines.open();
        LimbBuffer a = engine.allocate(degree);
        LimbBuffer d = engine.allocate(degree)) {
      engine.upload(Runs.direct(degree), a, 0);
      ProgramResult result =
          engine
              .submit(
                  TestEngines.transformAndAdd(TestEngines.RING),
                  List.of(LimbView.of(a), LimbView.of(d)))
              .await();
      assertThat(result.nanosByOpcode()).containsOnlyKeys(Opcode.NTT, Opcode.ADD);
      assertThat(result.nanosByOpcode().get(Opcode.NTT)).isPositive();
    }
  }
}
