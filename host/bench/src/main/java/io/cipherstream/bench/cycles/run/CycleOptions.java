package io.cipherstream.bench.cycles.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is to be run.
 *
 * @param configurations of simulated cards; empty for the usual ones
 * @param quick whether only the few cases are run that the goals and a first look need
 * @param out folder for {@code cycles.json} and {@code cycles.html}
 * @param bitstreams folder of all configurations
 * @param environment that the simulation sees
 * @param version of this program
 */
public record CycleOptions(
    List<String> configurations,
    boolean quick,
    Path out,
    Path bitstreams,
    Map<String, String> environment,
    String version) {

  /** What a quick run simulates, divided by commas. */
  public static final String QUICK = "sim-cluster";

  /** What a full run simulates, divided by commas. */
  public static final String FULL = "sim-cluster,sim-small";

  /** Those that are named, or the usual ones. */
  public static List<String> configurations(List<String> named, boolean quick) {
    return named.isEmpty() ? List.of((quick ? QUICK : FULL).split(",")) : List.copyOf(named);
  }

  public CycleOptions {
    configurations = configurations(configurations, quick);
    environment = Map.copyOf(environment);
  }
}
