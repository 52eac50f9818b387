package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a command line needs before it starts, by the commands' own options and defaults. */
class LaunchNeedsTest {

  @Test
  void whoAsksForASimulationGetsItsConfiguration() {
    assertThat(simulations("demo --engine sim")).containsExactly("sim-cluster");
    assertThat(simulations("classify --text x --engine=sim:sim-small"))
        .containsExactly("sim-small");
    assertThat(simulations("serve --set compute.engine=sim:a")).containsExactly("a");
    assertThat(simulations("serve --engine sim:a --port 1")).containsExactly("a");
    assertThat(simulations("serve --engine=seal --engine sim:b")).containsExactly("b");
    assertThat(simulations("sim run")).containsExactly("sim-cluster");
    assertThat(simulations("sim run --engine sim:sim-small")).containsExactly("sim-small");
    assertThat(simulations("sim wave")).containsExactly("sim-small-debug");
    assertThat(simulations("sim wave --engine sim:sim-cluster-debug"))
        .containsExactly("sim-cluster-debug");
    assertThat(simulations("sim stats file.jsonl")).isEmpty();
    assertThat(simulations("demo")).isEmpty();
    assertThat(simulations("demo --engine opencl:sim")).isEmpty();
  }

  @Test
  void theCycleBenchmarkGetsEveryConfigurationItRuns() {
    assertThat(simulations("bench cycles --quick")).containsExactly("sim-cluster");
    assertThat(simulations("bench cycles --out x")).containsExactly("sim-cluster", "sim-small");
    assertThat(simulations("bench cycles --configurations sim-small")).containsExactly("sim-small");
    assertThat(simulations("bench cycles --quick --configurations=a,b")).containsExactly("a", "b");
    assertThat(simulations("bench --quick")).isEmpty();
  }

  @Test
  void anEngineOfTheEnvironmentCountsWhereNoOptionNamesOne() {
    Map<String, String> sim = Map.of("CIPHERSTREAM_COMPUTE_ENGINE", "sim:a");
    assertThat(LaunchNeeds.of(sim, "demo").simulations()).containsExactly("a");
    assertThat(LaunchNeeds.of(sim, "serve").simulations()).containsExactly("a");
    assertThat(LaunchNeeds.of(sim, "demo", "--engine", "seal").simulations()).isEmpty();
    assertThat(LaunchNeeds.of(sim, "sim", "run").simulations()).containsExactly("sim-cluster");
  }

  @Test
  void helpAndMistakesNeedNothing() {
    assertThat(simulations("sim run --help")).isEmpty();
    assertThat(simulations("bench cycles -h")).isEmpty();
    assertThat(simulations("demo --engine sim --no-such-option")).isEmpty();
    assertThat(simulations("demo --engine fast")).isEmpty();
    assertThat(simulations("evaluate --data x --engine simulate")).isEmpty();
  }

  @Test
  void signalsAreKeptForOpenClAndNotForATextAboutIt() {
    assertThat(needs("classify", "--engine", "opencl:pocl", "--text", "x").openCl()).isTrue();
    assertThat(needs("classify", "--text", "what is opencl").openCl()).isFalse();
    assertThat(needs("opencl", "check").openCl()).isTrue();
  }

  private static List<String> simulations(String line) {
    return needs(line.split(" ", -1)).simulations();
  }

  private static LaunchNeeds needs(String... arguments) {
    return LaunchNeeds.of(Map.of(), arguments);
  }
}
