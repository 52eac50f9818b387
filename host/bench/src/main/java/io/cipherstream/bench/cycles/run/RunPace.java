package io.cipherstream.bench.cycles.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Estimates the rest of a run from how fast each configuration was simulated so far. */
final class RunPace {

  /** Cycles a second of a core with one lane, and how much each further lane slows it. */
  private static final double CYCLES_PER_SECOND = 600_000;

  private static final double LANE_COST = 0.4;

  private final Map<String, Double> cycles = new HashMap<>();
  private final Map<String, Double> seconds = new HashMap<>();
  private final Map<String, Integer> lanes = new HashMap<>();
  private final Map<String, Double> left = new HashMap<>();

  /** Adds work to do. */
  void plan(String configuration, int lanesOfCore, double predictedCycles) {
    lanes.put(configuration, lanesOfCore);
    left.merge(configuration, predictedCycles, Double::sum);
  }

  /** Takes work from what is left. */
  void done(String configuration, double predictedCycles, double wallSeconds) {
    left.merge(configuration, -predictedCycles, Double::sum);
    cycles.merge(configuration, predictedCycles, Double::sum);
    seconds.merge(configuration, wallSeconds, Double::sum);
  }

  Duration left() {
    double all = 0;
    for (Map.Entry<String, Double> entry : left.entrySet()) {
      all += Math.max(0, entry.getValue()) / rate(entry.getKey());
    }
    return Duration.ofSeconds(Math.round(all));
  }

  private double rate(String configuration) {
    double spent = seconds.getOrDefault(configuration, 0.0);
    return spent > 0
        ? cycles.getOrDefault(configuration, 0.0) / spent
        : CYCLES_PER_SECOND / (1 + LANE_COST * lanes.getOrDefault(configuration, 1));
  }
}
