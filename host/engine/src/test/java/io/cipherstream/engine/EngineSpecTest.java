package io.cipherstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.engine.EngineSpec.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineSpecTest {

  @ParameterizedTest
  @CsvSource({
    "auto,AUTO,''",
    "seal,SEAL,''",
    "SEAL-limb,SEAL_LIMB,''",
    "java,JAVA,''",
    "opencl,OPENCL,''",
    "opencl:Portable/0,OPENCL,Portable/0",
    "' OpenCL:1 ',OPENCL,1",
    "seal-limb:avx2,SEAL_LIMB,avx2",
    "sim,SIM,''",
    "SIM:sim-small,SIM,sim-small"
  })
  void names(String text, Kind kind, String device) {
    EngineSpec spec = EngineSpec.parse(text);
    assertThat(spec).isEqualTo(new EngineSpec(kind, device));
    assertThat(EngineSpec.parse(spec.toString())).isEqualTo(spec);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fpga", "seal:1", "auto:x", "opencl:", "sim:", "java:", "seal_limb"})
  void otherNamesAreRefusedWithTheKnownOnes(String text) {
    assertThatThrownBy(() -> EngineSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("seal-limb")
        .hasMessageContaining("opencl[:platform[/device]]");
  }

  @Test
  void kernelsThatDoNotExistAreRefusedWithThoseThatDo() {
    assertThatThrownBy(() -> EngineSpec.parse("seal-limb:neon"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'neon'")
        .hasMessageContaining("[portable, ifma, avx2]");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    EngineSpec seal = EngineSpec.parse("seal");
    EngineSettings good = EngineSettings.of(seal);
    assertThatThrownBy(() -> new EngineSettings(seal, good.workers(), 1, 0, 0, 1.5, good.cache()))
        .hasMessageContaining("cross-check rate 1.5");
    assertThatThrownBy(() -> new EngineSettings(seal, good.workers(), 0, 0, 0, 0, good.cache()))
        .hasMessageContaining("width 0");
  }
}
