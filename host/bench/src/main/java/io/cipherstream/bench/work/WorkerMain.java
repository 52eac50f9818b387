package io.cipherstream.bench.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.bench.report.BenchSettings;
import io.cipherstream.bench.report.Measurement;
import io.cipherstream.bench.report.Samples;
import io.cipherstream.seal.SealInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A measuring process: runs the cases it is given, one after the other, through JMH. */
public final class WorkerMain {

  /** The argument that asks for the library with Intel HEXL. */
  public static final String HEXL = "hexl";

  /** The other one. */
  public static final String PLAIN = "plain";

  private static final long CASE_SECONDS_MAX = 300;
  private static final double NANOS_PER_MICRO = 1000;

  private WorkerMain() {}

  /**
   * Reads a {@link WorkerTask} a line from standard input until it ends.
   *
   * @param arguments one, {@code hexl} or {@code plain}: which native library is expected
   */
  public static void main(String[] arguments) throws IOException {
    boolean hexl = List.of(arguments).equals(List.of(HEXL));
    if (hexl != SealInfo.hexl()) {
      throw new IllegalStateException(
          "the loaded SEAL is one " + (hexl ? "without HEXL" : "with HEXL"));
    }
    // Engines and drivers that print do it elsewhere.
    PrintStream results = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader tasks =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
      WorkerTask task = mapper.readValue(line, WorkerTask.class);
      Measurement done = measure(task.key(), task.settings());
      results.println(WorkerResult.PREFIX + mapper.writeValueAsString(new WorkerResult(done)));
    }
  }

  /** Measures one case in this process or a fork of it. */
  static Measurement measure(CaseKey key, BenchSettings settings) {
    try {
      RunResult result = new Runner(options(key, settings)).runSingle();
      CaseFacts facts = CaseFacts.read(key.index());
      double calls = (double) facts.perCall() * key.what().threads();
      List<Double> samples = new ArrayList<>();
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          samples.add(iteration.getPrimaryResult().getScore() / calls / NANOS_PER_MICRO);
        }
      }
      return new Measurement(
          key.what(),
          Measurement.MICROSECONDS,
          Samples.of(samples),
          facts.wordsDigest(),
          null,
          null);
    } catch (RunnerException | RuntimeException e) {
      return Measurement.failed(key.what(), describe(e));
    }
  }

  private static Options options(CaseKey key, BenchSettings settings) {
    TimeValue iteration = TimeValue.milliseconds(settings.iterationMillis());
    return new OptionsBuilder()
        .include("^" + CaseBenchmark.class.getName().replace(".", "\\.") + "\\.call$")
        .param("key", key.text())
        .threads(key.what().threads())
        .forks(settings.forks())
        .warmupIterations(settings.warmups())
        .warmupTime(iteration)
        .measurementIterations(settings.iterations())
        .measurementTime(iteration)
        .timeout(TimeValue.seconds(CASE_SECONDS_MAX))
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  /** The innermost cause, which is what the engine said. */
  private static String describe(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause.getSuppressed().length > 0) {
      return describe(cause.getSuppressed()[0]);
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
