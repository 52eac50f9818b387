package io.cipherstream.bench.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole run.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param created when it began, ISO 8601
 * @param seconds how long it took
 * @param loadBefore load average when it began; negative if unknown
 * @param loadAfter load average when it ended, this run included
 * @param versions by name: of this program, of libraries, of drivers
 * @param parameters the parameter sets that were measured
 * @param engines every engine, the missing ones with the reason
 * @param notes for the reader: what to keep in mind
 */
public record BenchReport(
    int schemaVersion,
    String created,
    double seconds,
    MachineFacts machine,
    double loadBefore,
    double loadAfter,
    Map<String, String> versions,
    BenchSettings settings,
    List<ParameterSet> parameters,
    List<EngineInfo> engines,
    List<Measurement> measurements,
    List<String> notes) {

  /** Version of this record as JSON. */
  public static final int SCHEMA_VERSION = 1;

  /** The report for programs. */
  public static final ReportFile<BenchReport> FILE =
      new ReportFile<>("bench.json", BenchReport.class, SCHEMA_VERSION);

  /**
   * A parameter set as measured.
   *
   * @param primeBits bits of the data primes in order
   * @param digest SHA-256 over N and all primes
   */
  public record ParameterSet(
      String name, int degree, List<Integer> primeBits, int specialPrimeBits, String digest) {

    public ParameterSet {
      primeBits = List.copyOf(primeBits);
    }
  }

  public BenchReport {
    versions = new java.util.TreeMap<>(versions);
    parameters = List.copyOf(parameters);
    engines = List.copyOf(engines);
    measurements = List.copyOf(measurements);
    notes = List.copyOf(notes);
  }

  /** The measurement of a case on an engine, if there is one with samples. */
  public Optional<Measurement> find(BenchCase subject, String engine) {
    return measurements.stream()
        .filter(m -> m.samples() != null)
        .filter(m -> m.what().engine().equals(engine) && m.what().subject().equals(subject))
        .findFirst();
  }

  /** The samples of a case on an engine; null if there are none. */
  @Nullable Samples samples(BenchCase subject, String engine) {
    return find(subject, engine).map(Measurement::samples).orElse(null);
  }

  /** Number of measurements whose words differ from the reference's. */
  public long differentWords() {
    return measurements.stream().filter(m -> Boolean.FALSE.equals(m.wordsEqual())).count();
  }

  /** Number of measurements whose words were compared. */
  public long comparedWords() {
    return measurements.stream().filter(m -> m.wordsEqual() != null).count();
  }
}
