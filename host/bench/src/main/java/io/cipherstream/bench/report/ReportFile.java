package io.cipherstream.bench.report;

import java.nio.file.Path;

/** {@code bench.json}: a {@link BenchReport} as JSON. */
public final class ReportFile {

  /** Its name in the folder of a run. */
  public static final String NAME = "bench.json";

  private static final JsonReport<BenchReport> FILE =
      new JsonReport<>(NAME, BenchReport.class, BenchReport.SCHEMA_VERSION);

  private ReportFile() {}

  /** As one line of JSON. */
  public static String line(BenchReport report) {
    return FILE.line(report);
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(BenchReport report, Path file) {
    FILE.write(report, file);
  }

  /**
   * @throws BenchException of kind REPORT if the file is not there, too large, not JSON, or of
   *     another schema version
   */
  public static BenchReport read(Path file) {
    return FILE.read(file);
  }
}
