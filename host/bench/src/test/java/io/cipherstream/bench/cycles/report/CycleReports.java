package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.bench.report.MachineFacts;
import java.util.List;
import java.util.Map;

/** Small cycle reports for the tests. */
final class CycleReports {

  static final CycleCase BATCH = new CycleCase(Kind.TRANSFORM, "NTT", 8192, 16);
  static final CycleCase ROTATION = new CycleCase(Kind.ROTATION, "rotation", 8192, 3);
  static final CycleCase PRODUCT = new CycleCase(Kind.PRODUCT, "128×128 product", 8192, 3);

  private CycleReports() {}

  private static Counts counts(double cycles) {
    return new Counts(cycles, 100, 50, Map.of("READ", 4_000_000L, "WRITTEN", 0L));
  }

  static CycleMeasurement simulated(
      CycleCase what, double bound, double predicted, double cycles, boolean equal) {
    Simulation simulation = new Simulation(counts(cycles), 4096, equal, 0.5);
    return new CycleMeasurement(
        "sim-cluster", what, 88, bound, bound / 2, counts(predicted), simulation, null);
  }

  static CycleMeasurement predicted(CycleCase what, double bound, double cycles) {
    return new CycleMeasurement(
        "sim-cluster", what, 2576, bound, bound / 2, counts(cycles), null, "it would take <long>");
  }

  static CycleReport of(CycleMeasurement... measurements) {
    return new CycleReport(
        CycleReport.SCHEMA_VERSION,
        "2026-01-02T03:04:05Z",
        75,
        true,
        new MachineFacts("Test <CPU> & co", 2, List.of("avx2"), 8L << 30, "Linux", "17", null),
        Map.of("cipherstream", "0.1"),
        List.of(
            new CycleReport.Core("sim-cluster", "ab".repeat(32), 1, 4, 8, 2, 64, 50, 300, 40, 256)),
        List.of(measurements),
        List.of(
            new CardPlan(
                "u55c",
                "16 GB HBM2",
                2,
                64,
                300,
                528,
                80,
                List.of(new CardPlan.Rate(8192, 4, 337_000, 10_800, 20_000_000, 0.54)))),
        List.of("a note with <b>markup</b>"));
  }
}
