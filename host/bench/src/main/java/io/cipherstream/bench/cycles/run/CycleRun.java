package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.CyclePrediction;
import io.cipherstream.bench.cycles.MemoryShape;
import io.cipherstream.bench.cycles.Prediction;
import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleHtml;
import io.cipherstream.bench.cycles.report.CycleMeasurement;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.bench.cycles.report.CycleReport;
import io.cipherstream.bench.cycles.report.CycleReportFile;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.Machine;
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
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of the cycle benchmarks, from the choice of configurations to the two files. */
public final class CycleRun {

  /** Longer programs are predicted only. */
  static final double CYCLES_MAX_QUICK = 6e6;

  static final double CYCLES_MAX_FULL = 20e6;

  private static final List<Integer> DEGREES_QUICK = List.of(8192);
  private static final List<Integer> DEGREES_FULL = List.of(4096, 8192, 16384);
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

  /** A case on a configuration with its prediction. */
  private record Trial(CoreConfiguration on, CycleCase what, Prediction predicted, int length) {}

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
    List<CoreConfiguration> cores = configurations();
    Path out = OutputFiles.folder(options.out());
    List<Trial> trials = new ArrayList<>();
    cores.forEach(core -> trials.addAll(trials(core)));
    Map<String, String> digests = new HashMap<>();
    List<CycleMeasurement> measured = new ArrayList<>();
    for (List<Trial> together : byRing(trials)) {
      measured.addAll(measure(together, trials.size(), digests));
    }
    CycleReport report =
        new CycleReport(
            CycleReport.SCHEMA_VERSION,
            created.toString(),
            (System.nanoTime() - started) / 1e9,
            options.quick(),
            Machine.here(),
            Versions.of(options.version()),
            cores.stream().map(c -> core(c, digests.getOrDefault(c.name(), ""))).toList(),
            measured,
            new CyclePlanner(programs, options.bitstreams()).plans(),
            CycleNotes.of(options, settings, measured));
    CycleReportFile.FORMAT.write(report, out.resolve(CycleReportFile.NAME));
    CycleHtml.write(report, out.resolve(CycleHtml.NAME));
    return report;
  }

  private List<CoreConfiguration> configurations() {
    Path folder = options.bitstreams().resolve("sim");
    List<CoreConfiguration> all = CoreConfiguration.ofBoards(options.bitstreams(), "sim");
    List<CoreConfiguration> chosen = new ArrayList<>();
    for (String name : options.configurations()) {
      chosen.add(
          all.stream()
              .filter(c -> c.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BenchException(
                          BenchException.Kind.ENGINE,
                          "no configuration '"
                              + name
                              + "' in "
                              + folder
                              + "; there are: "
                              + all.stream()
                                  .map(c -> c.name())
                                  .collect(Collectors.joining(", ")))));
    }
    return chosen.stream().distinct().toList();
  }

  /** What is to be run on a core, predicted. */
  private List<Trial> trials(CoreConfiguration on) {
    List<Trial> trials = new ArrayList<>();
    MemoryShape memory = settings.memory(on);
    for (int degree : degrees(on)) {
      for (CycleCase what : CasePrograms.of(degree, options.quick())) {
        LimbProgram program = programs.program(what, on.core().nttUnits());
        Prediction p = CyclePrediction.of(program, on.core(), memory);
        trials.add(new Trial(on, what, p, program.instructions().size()));
        if (p.cycles() <= cyclesMax) {
          pace.plan(on.name(), on.core().lanes(), p.cycles());
        }
      }
    }
    return trials;
  }

  /** The degrees of the run that the core takes; its smallest if it takes none of them. */
  private List<Integer> degrees(CoreConfiguration on) {
    int least = 1 << on.core().degreeBitsMin();
    int most = 1 << on.core().degreeBitsMax();
    List<Integer> fitting =
        (options.quick() ? DEGREES_QUICK : DEGREES_FULL)
            .stream().filter(n -> n >= least && n <= most).toList();
    return fitting.isEmpty() ? List.of(least) : fitting;
  }

  private static List<List<Trial>> byRing(List<Trial> trials) {
    List<List<Trial>> groups = new ArrayList<>();
    @Nullable Trial before = null;
    for (Trial t : trials) {
      if (before == null
          || !t.on().equals(before.on())
          || t.what().degree() != before.what().degree()) {
        groups.add(new ArrayList<>());
      }
      groups.get(groups.size() - 1).add(t);
      before = t;
    }
    return groups;
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

  private CycleMeasurement measure(SimulatedCard card, Trial t) {
    if (t.predicted().cycles() > cyclesMax) {
      return measurement(
          t,
          null,
          String.format(
              java.util.Locale.ROOT,
              "predicted to take %.1f million cycles; this run simulates programs of up to %.0f"
                  + " million",
              t.predicted().cycles() / 1e6,
              cyclesMax / 1e6));
    }
    LimbProgram program = programs.submitted(t.what());
    ProgramRun words = expected.computeIfAbsent(t.what(), what -> interpreted(program));
    Simulation simulation = card.run(program, words);
    pace.done(t.on().name(), t.predicted().cycles(), simulation.wallSeconds());
    return measurement(t, simulation, null);
  }

  private static ProgramRun interpreted(LimbProgram program) {
    try (JavaEngine java = new JavaEngine(program.ring(), MEMORY_BYTES_MAX)) {
      return ProgramRun.of(java, program);
    }
  }

  private static CycleMeasurement measurement(
      Trial t, @Nullable Simulation simulation, @Nullable String notSimulated) {
    Prediction p = t.predicted();
    Map<String, Long> bytes = new HashMap<>();
    p.bytes().forEach((port, count) -> bytes.put(port.name(), Math.round(count)));
    return new CycleMeasurement(
        t.on().name(),
        t.what(),
        t.length(),
        p.butterflyBound(),
        p.wordBound(),
        new Counts(p.cycles(), p.rows(), p.beats(), p.both(), bytes),
        simulation,
        notSimulated);
  }

  private CycleReport.Core core(CoreConfiguration c, String rtlDigest) {
    MemoryShape memory = settings.memory(c);
    return new CycleReport.Core(
        c.name(),
        rtlDigest,
        c.core().lanes(),
        c.core().nttUnits(),
        c.core().wordBits(),
        c.core().busWords(),
        c.core().window(),
        c.clockMhz(),
        memory.latencyCycles(),
        memory.bytesPerCycle());
  }
}
