package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.EngineInfo;
import io.cipherstream.bench.report.MachineFacts;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.work.BenchEngines;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.Modulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a report says beside the figures. */
final class ReportFacts {

  /** Load per processor, before the run, from which a reader is warned. */
  private static final double BUSY = 0.25;

  private ReportFacts() {}

  /** The parameter sets of some measurements. */
  static List<BenchReport.ParameterSet> parameters(List<Measurement> measurements) {
    return CkksParameters.ALL_SETS.stream()
        .filter(
            set -> measurements.stream().anyMatch(m -> m.what().parameters().equals(set.name())))
        .map(
            set ->
                new BenchReport.ParameterSet(
                    set.name(),
                    set.degree(),
                    set.dataPrimes().stream().map(Modulus::bits).toList(),
                    set.specialPrime().bits(),
                    set.digestHex()))
        .toList();
  }

  /** What a reader has to keep in mind. */
  static List<String> notes(
      MachineFacts machine,
      double loadBefore,
      BenchOptions options,
      List<EngineInfo> engines,
      List<Measurement> measurements) {
    List<String> notes = new ArrayList<>();
    if (options.settings().quick()) {
      notes.add(
          "A quick run: short iterations, few cases, all cases of one native library in one Java"
              + " process. Good for a look, not for small differences.");
    }
    if (loadBefore > BUSY * machine.processors()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "The machine was busy: %.1f runnable processes on average in the minute before the"
                  + " run, on %d processors. Times are longer and spread wider than on a quiet"
                  + " machine.",
              loadBefore,
              machine.processors()));
    }
    for (EngineInfo engine : engines) {
      if (engine.missing() != null) {
        notes.add(
            engine.id() + " (" + engine.description() + ") was left out: " + engine.missing());
      }
    }
    if (measurements.stream()
        .noneMatch(m -> m.what().parameters().equals(CkksParameters.N32768.name()))) {
      notes.add("N = 32768 was not measured: a full run does, on a machine with 12 GB of memory.");
    }
    long failed = measurements.stream().filter(m -> m.failure() != null).count();
    if (failed > 0) {
      notes.add(failed + " cases failed; the tables say why.");
    }
    if (measurements.stream().anyMatch(m -> m.what().engine().startsWith(BenchEngines.OPENCL))) {
      notes.add(
          "An OpenCL device uses all its units whatever the number of Java threads; on a processor"
              + " those are all its cores, so compare with the others' figures on all threads."
              + " Operations are started several at a time before any is waited for.");
    }
    if (measurements.stream().anyMatch(m -> m.what().kind() == BenchCase.Kind.OPERATION)) {
      notes.add(
          "SEAL has neither hoisted rotations nor fused sums of products: on plain-seal and"
              + " seal-hexl these, and MAC, are chains of its own operations.");
    }
    return notes;
  }
}
