package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the environment tells the simulated cards, as far as it shapes cycles.
 *
 * @param latencyCycles of the memory, each way
 * @param bytesPerCycle of the memory; 0 for what the configuration says
 * @param statistics file to which the simulation adds a line a run; null if it writes none
 */
record SimulationSettings(int latencyCycles, double bytesPerCycle, @Nullable Path statistics) {

  /** The simulation's own default. */
  static final int LATENCY_DEFAULT = 40;

  private static final String PREFIX = "CIPHERSTREAM_SIM_";

  /** What would make cycles mean something else. */
  private static final List<String> REFUSED = List.of("UNITS", "STALL", "FAULT", "WAVE");

  /**
   * @throws BenchException of kind ENGINE for settings under which cycles are not those of one core
   *     before its memory
   */
  static SimulationSettings of(Map<String, String> environment) {
    for (String name : REFUSED) {
      String value = environment.getOrDefault(PREFIX + name, "");
      if (!value.isEmpty() && !(name.equals("UNITS") && value.equals("1"))) {
        throw new BenchException(
            Kind.ENGINE,
            PREFIX
                + name
                + "="
                + value
                + ": cycles are measured on one undisturbed core; unset the variable");
      }
    }
    String file = environment.getOrDefault(PREFIX + "STATS", "");
    return new SimulationSettings(
        number(environment, "LATENCY", LATENCY_DEFAULT),
        number(environment, "BANDWIDTH", 0),
        file.isEmpty() ? null : Path.of(file));
  }

  private static int number(Map<String, String> environment, String name, int otherwise) {
    String value = environment.getOrDefault(PREFIX + name, "");
    try {
      return value.isEmpty() ? otherwise : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new BenchException(Kind.ENGINE, PREFIX + name + "=" + value + ": expected a number", e);
    }
  }

  /** The memory before a core of that configuration, as whole bytes a cycle. */
  MemoryShape memory(CoreConfiguration configuration) {
    double own = Math.rint(configuration.bytesPerSecond() / (configuration.clockMhz() * 1e6));
    return new MemoryShape(latencyCycles, bytesPerCycle == 0 ? own : bytesPerCycle);
  }
}
