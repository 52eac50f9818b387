package io.cipherstream.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cipherstream.bench.report.BenchException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code bench.json}: a {@link BenchReport} as JSON. */
public final class ReportFile {

  /** Its name in the folder of a run. */
  public static final String NAME = "bench.json";

  private static final long BYTES_MAX = 64L << 20;

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ReportFile() {}

  /** As one line of JSON. */
  public static String line(BenchReport report) {
    try {
      return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report can always be written", e);
    }
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(BenchReport report, Path file) {
    try {
      OutputFiles.replace(file, MAPPER.writeValueAsBytes(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report can always be written", e);
    }
  }

  /**
   * @throws BenchException of kind REPORT if the file is not there, too large, not JSON, or of
   *     another schema version
   */
  public static BenchReport read(Path file) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new BenchException(
            Kind.REPORT,
            file
                + " has "
                + Files.size(file)
                + " bytes, expected a report of at most "
                + BYTES_MAX);
      }
      JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
      JsonNode version = tree == null ? null : tree.get("schemaVersion");
      if (version == null || !version.isInt()) {
        throw new BenchException(
            Kind.REPORT, file + " has no schemaVersion: expected a bench.json of this program");
      }
      if (version.intValue() != BenchReport.SCHEMA_VERSION) {
        throw new BenchException(
            Kind.REPORT,
            file
                + " has schema version "
                + version
                + ", expected "
                + BenchReport.SCHEMA_VERSION
                + ": run the benchmarks again with this program");
      }
      return MAPPER.treeToValue(tree, BenchReport.class);
    } catch (JsonProcessingException e) {
      throw new BenchException(
          Kind.REPORT, file + " is not a report: " + e.getOriginalMessage(), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new BenchException(Kind.REPORT, "no file " + file, e);
    } catch (IOException e) {
      throw new BenchException(Kind.REPORT, file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
