package io.cipherstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.EngineInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasuredEnginesTest {

  private static final List<EngineInfo> ALL =
      List.of(
          new EngineInfo("plain-seal", "", false, true, true, null),
          new EngineInfo("seal-hexl", "", true, true, true, "not built"),
          new EngineInfo("opencl:a/0", "", false, true, true, null),
          new EngineInfo("opencl:b/0", "", false, true, true, null));

  private static List<String> chosen(String... names) {
    return MeasuredEngines.choose(ALL, List.of(names)).stream().map(EngineInfo::id).toList();
  }

  @Test
  void withoutANameAllThatAreHere() {
    assertThat(chosen()).containsExactly("plain-seal", "opencl:a/0", "opencl:b/0");
  }

  @Test
  void openclMeansEveryDevice() {
    assertThat(chosen("opencl")).containsExactly("opencl:a/0", "opencl:b/0");
    assertThat(chosen("opencl:b/0", "plain-seal", "opencl:b/0"))
        .containsExactly("opencl:b/0", "plain-seal");
  }

  @Test
  void anUnknownEngineListsTheKnownOnes() {
    assertThatThrownBy(() -> chosen("fast"))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.ENGINE))
        .hasMessage(
            "engine 'fast': expected one of [plain-seal, seal-hexl, opencl:a/0, opencl:b/0]");
  }

  @Test
  void aMissingEngineSaysWhy() {
    assertThatThrownBy(() -> chosen("seal-hexl"))
        .isInstanceOf(BenchException.class)
        .hasMessage("engine seal-hexl is not here: not built");
  }
}
