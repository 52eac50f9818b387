package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleMeasurement;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.bench.cycles.report.CyclePage;
import io.cipherstream.bench.cycles.report.CycleReport;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.MachineFacts;
import io.cipherstream.bench.report.OutputFiles;
import io.cipherstream.bench.run.BenchListener;
import io.cipherstream.bench.run.Versions;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbProgram;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run of the cycle benchmarks, from the choice of configurations to the two files. */
public final class CycleRun {

  /** Longer programs are predicted only. */
  static final double CYCLES_MAX_QUICK = 2e6;

  static final double CYCLES_MAX_FULL = 20e6;

  private static final long MEMORY_BYTES_MAX = 1L << 40;

  private final CycleOptions options;
  private final BenchListener listener;
  private final SimulationSettings settings;
  private final double cyclesMax;
  private final CasePrograms programs = new CasePrograms();
  private final Map<CycleCase, ProgramRun> expected = new HashMap<>();
  private final RunPace pace = new RunPace();
  private int number;

  /**
   * @throws BenchException of kind ENGINE if the environment disturbs the simulation
   */
  public CycleRun(CycleOptions options, BenchListener listener) {
    this.options = options;
    this.listener = listener;
    this.settings = SimulationSettings.of(options.environment());
    this.cyclesMax = options.quick() ? CYCLES_MAX_QUICK : CYCLES_MAX_FULL;
  }

  /**
   * Runs and writes {@code cycles.json} and {@code cycles.html}.
   *
   * @throws BenchException of kind ENGINE for an unknown configuration or an image of another one,
   *     OUTPUT if the folder cannot be written
   * @throws io.cipherstream.ring.EngineException if an image is missing or a simulation fails
   */
  public CycleReport run() {
    long started = System.nanoTime();
    Instant created = Instant.now();
    List<CoreConfiguration> cores =
        CoreConfiguration.simulated(options.bitstreams(), options.configurations());
    Path out = OutputFiles.folder(options.out());
    List<Trial> trials = new ArrayList<>();
    cores.forEach(c -> trials.addAll(Trial.of(c, settings.memory(c), options.quick(), programs)));
    trials.stream()
        .filter(this::isSimulated)
        .forEach(t -> pace.plan(t.on().name(), t.on().core().lanes(), t.cycles()));
    Map<String, String> digests = new HashMap<>();
    List<CycleMeasurement> measured = new ArrayList<>();
    for (List<Trial> together : Trial.byRing(trials)) {
      measured.addAll(measure(together, trials.size(), digests));
    }
    CycleReport report =
        new CycleReport(
            CycleReport.SCHEMA_VERSION,
            created.toString(),
            (System.nanoTime() - started) / 1e9,
            options.quick(),
            MachineFacts.here(),
            Versions.of(options.version()),
            cores.stream().map(c -> core(c, digests.getOrDefault(c.name(), ""))).toList(),
            measured,
            new CyclePlanner(programs).plans(),
            CycleNotes.of(options, settings, measured));
    CycleReport.FILE.write(report, out.resolve(CycleReport.FILE.name()));
    CyclePage.write(report, out.resolve(CyclePage.NAME));
    return report;
  }

  private List<CycleMeasurement> measure(List<Trial> trials, int of, Map<String, String> digests) {
    List<CycleMeasurement> measured = new ArrayList<>();
    Trial first = trials.get(0);
    try (SimulatedCard card =
        new SimulatedCard(first.on(), CasePrograms.ring(first.what().degree()), settings)) {
      digests.put(first.on().name(), card.rtlDigest());
      for (Trial t : trials) {
        listener.begin(++number, of, t.what() + " on " + t.on().name(), pace.left());
        measured.add(measure(card, t));
      }
    }
    return measured;
  }

  private boolean isSimulated(Trial t) {
    return t.cycles() <= cyclesMax;
  }

  private CycleMeasurement measure(SimulatedCard card, Trial t) {
    if (!isSimulated(t)) {
      return t.measurement(
          null,
          String.format(
              Locale.ROOT,
              "predicted to take %.1f million cycles; this run simulates programs of up to %.0f"
                  + " million",
              t.cycles() / 1e6,
              cyclesMax / 1e6));
    }
    LimbProgram program = programs.of(t.what());
    ProgramRun words = expected.computeIfAbsent(t.what(), what -> interpreted(program));
    Simulation simulation = card.run(program, words);
    pace.done(t.on().name(), t.cycles(), simulation.wallSeconds());
    return t.measurement(simulation, null);
  }

  private static ProgramRun interpreted(LimbProgram program) {
    try (JavaEngine java = new JavaEngine(program.ring(), MEMORY_BYTES_MAX)) {
      return ProgramRun.of(java, program);
    }
  }

  private CycleReport.Core core(CoreConfiguration c, String rtlDigest) {
    MemoryShape memory = settings.memory(c);
    return new CycleReport.Core(
        c.name(),
        rtlDigest,
        c.cluster().clusters(),
        c.core().lanes(),
        c.cluster().products(),
        c.cluster().streamWords(),
        c.cluster().slots(),
        c.core().wordBits(),
        c.clockMhz(),
        memory.latencyCycles(),
        memory.bytesPerCycle());
  }
}
