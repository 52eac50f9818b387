package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small reports for the tests. */
final class Reports {

  static final MachineFacts MACHINE =
      new MachineFacts("Test <CPU> & co", 2, List.of("avx2"), 8L << 30, "Linux", "17", null);

  static final BenchSettings SETTINGS = BenchSettings.QUICK;

  private Reports() {}

  static BenchCase rotate(String engine) {
    return new BenchCase(Kind.OPERATION, "rotate", engine, "n8192", 4, 1);
  }

  static Measurement measured(BenchCase what, double... samples) {
    return measured(what, null, samples);
  }

  static Measurement measured(BenchCase what, @Nullable String digest, double... samples) {
    List<Double> all = java.util.Arrays.stream(samples).boxed().toList();
    return new Measurement(what, "µs", Samples.of(all), digest, null, null);
  }

  static BenchReport of(List<Measurement> measurements) {
    return of(MACHINE, SETTINGS, measurements);
  }

  static BenchReport of(
      MachineFacts machine, BenchSettings settings, List<Measurement> measurements) {
    return new BenchReport(
        BenchReport.SCHEMA_VERSION,
        "2026-01-02T03:04:05Z",
        75,
        machine,
        0.5,
        2.5,
        Map.of("SEAL", "4.1.2"),
        settings,
        List.of(new BenchReport.ParameterSet("n8192", 8192, List.of(50, 38, 38, 38), 50, "aa")),
        List.of(
            new EngineInfo("plain-seal", "SEAL <as published>", false, true, true, null),
            new EngineInfo("seal-hexl", "with HEXL", true, true, true, "no <compiler>"),
            new EngineInfo("seal-limb", "limbs", false, true, true, null)),
        measurements,
        List.of("a note with <b>markup</b>"));
  }
}
