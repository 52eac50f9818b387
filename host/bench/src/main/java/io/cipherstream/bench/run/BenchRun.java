package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.bench.report.BenchPage;
import io.cipherstream.bench.report.BenchReport;
import io.cipherstream.bench.report.EngineInfo;
import io.cipherstream.bench.report.MachineFacts;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.OutputFiles;
import io.cipherstream.bench.report.WordCheck;
import io.cipherstream.bench.work.BenchEngines;
import io.cipherstream.bench.work.CaseKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One run of the benchmarks, from the choice of engines to the two files. */
public final class BenchRun {

  private static final int SENTENCES_QUICK = 3;
  private static final int SENTENCES_FULL = 10;

  private final BenchOptions options;
  private final BenchListener listener;
  private final Sentences sentences;

  public BenchRun(BenchOptions options, BenchListener listener, Sentences sentences) {
    this.options = options;
    this.listener = listener;
    this.sentences = sentences;
  }

  /**
   * Measures and writes {@code bench.json} and {@code report.html}.
   *
   * @throws BenchException of kind ENGINE for an unknown or missing engine that was asked for,
   *     OUTPUT if the folder cannot be written, WORKER if nothing can be measured
   */
  public BenchReport run() {
    long started = System.nanoTime();
    Instant created = Instant.now();
    List<EngineInfo> all = BenchEngines.all(options.hexl().missing());
    List<EngineInfo> chosen = MeasuredEngines.choose(all, options.engines());
    Path out = OutputFiles.folder(options.out());
    MachineFacts machine = MachineFacts.here();
    double loadBefore = MachineFacts.load();
    all.stream()
        .filter(e -> e.missing() != null)
        .forEach(e -> listener.note(e.id() + " is left out: " + e.missing()));

    List<BenchCase> cases =
        Cases.of(chosen, options.settings().quick(), machine.processors(), machine.memoryBytes());
    List<Measurement> measured = new ArrayList<>(measure(chosen, cases));
    measured.addAll(sentences(chosen));
    List<Measurement> checked =
        WordCheck.check(measured, all.stream().map(EngineInfo::id).toList());

    double loadAfter = MachineFacts.load();
    BenchReport report =
        new BenchReport(
            BenchReport.SCHEMA_VERSION,
            created.toString(),
            (System.nanoTime() - started) / 1e9,
            machine,
            loadBefore,
            loadAfter,
            Versions.of(options),
            options.settings(),
            ReportFacts.parameters(checked),
            all,
            checked,
            ReportFacts.notes(machine, loadBefore, options, all, checked));
    BenchReport.FILE.write(report, out.resolve(BenchReport.FILE.name()));
    BenchPage.write(report, out.resolve(BenchPage.NAME));
    return report;
  }

  private List<Measurement> measure(List<EngineInfo> engines, List<BenchCase> cases) {
    List<CaseKey> keys =
        IntStream.range(0, cases.size()).mapToObj(i -> new CaseKey(i, cases.get(i))).toList();
    TimeLeft left = new TimeLeft(options.settings(), cases.size());
    try (TemporaryFolder work = new TemporaryFolder();
        WorkerProcess plain = new WorkerProcess(options.settings(), null, work.path());
        WorkerProcess hexl =
            new WorkerProcess(options.settings(), options.hexl().classes(), work.path())) {
      List<Measurement> done = new ArrayList<>();
      for (CaseKey key : keys) {
        int number = left.begin();
        listener.begin(number, cases.size(), key.what().toString(), left.estimate());
        done.add((needsHexl(engines, key.what()) ? hexl : plain).measure(key));
      }
      return done;
    }
  }

  private static boolean needsHexl(List<EngineInfo> engines, BenchCase what) {
    return engines.stream().anyMatch(e -> e.hexl() && e.id().equals(what.engine()));
  }

  private List<Measurement> sentences(List<EngineInfo> chosen) {
    List<Measurement> all = new ArrayList<>();
    int count = options.settings().quick() ? SENTENCES_QUICK : SENTENCES_FULL;
    for (EngineInfo engine : chosen) {
      if (sentences.serves(engine.id())) {
        listener.note("whole sentences on " + engine.id());
        try {
          all.addAll(sentences.measure(engine.id(), count));
        } catch (RuntimeException e) {
          listener.note("sentences on " + engine.id() + " failed: " + e.getMessage());
          all.add(
              Measurement.failed(
                  new BenchCase(BenchCase.Kind.SENTENCE, "sentence", engine.id(), "", 0, 1),
                  String.valueOf(e.getMessage())));
        }
      }
    }
    return all;
  }
}
