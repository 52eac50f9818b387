package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.report.JsonReport;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A kind of report in the folder of a run, as JSON.
 *
 * @param <R> the record
 */
public final class ReportFile<R> {

  private final String name;
  private final JsonReport<R> json;

  /**
   * @param name of the file
   * @param schemaVersion the only one that is read
   */
  public ReportFile(String name, Class<R> type, int schemaVersion) {
    this.name = name;
    this.json =
        new JsonReport<>(
            "a report of this kind (" + name + ")",
            type,
            schemaVersion,
            "run the benchmarks again with this program");
  }

  /** Its name in the folder of a run. */
  public String name() {
    return name;
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public void write(R report, Path file) {
    OutputFiles.replace(file, JsonReport.bytes(report));
  }

  /**
   * @throws BenchException of kind REPORT if the file is not there, too large, not JSON, or of
   *     another schema version
   */
  public R read(Path file) {
    try {
      return json.read(file);
    } catch (NoSuchFileException e) {
      throw new BenchException(Kind.REPORT, "no file " + file, e);
    } catch (IOException e) {
      throw new BenchException(Kind.REPORT, String.valueOf(e.getMessage()), e);
    }
  }
}
