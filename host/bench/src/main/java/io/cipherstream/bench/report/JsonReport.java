package io.cipherstream.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cipherstream.bench.report.BenchException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A kind of report as a JSON file. Its record has a component {@code schemaVersion}.
 *
 * @param <R> the record
 */
public final class JsonReport<R> {

  private static final long BYTES_MAX = 64L << 20;

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final String name;
  private final Class<R> type;
  private final int schemaVersion;

  /**
   * @param name of the file, for messages
   * @param schemaVersion the only one that is read
   */
  public JsonReport(String name, Class<R> type, int schemaVersion) {
    this.name = name;
    this.type = type;
    this.schemaVersion = schemaVersion;
  }

  /** As one line of JSON. */
  public String line(R report) {
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
  public void write(R report, Path file) {
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
  public R read(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes > BYTES_MAX) {
        throw new BenchException(
            Kind.REPORT,
            file + " has " + bytes + " bytes, expected a report of at most " + BYTES_MAX);
      }
      JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
      JsonNode version = tree == null ? null : tree.get("schemaVersion");
      if (version == null || !version.isInt()) {
        throw new BenchException(
            Kind.REPORT, file + " has no schemaVersion: expected a " + name + " of this program");
      }
      if (version.intValue() != schemaVersion) {
        throw new BenchException(
            Kind.REPORT,
            file
                + " has schema version "
                + version
                + ", expected "
                + schemaVersion
                + ": run the benchmarks again with this program");
      }
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new BenchException(
          Kind.REPORT, file + " is not a report: " + e.getOriginalMessage(), e);
    } catch (NoSuchFileException e) {
      throw new BenchException(Kind.REPORT, "no file " + file, e);
    } catch (IOException e) {
      throw new BenchException(Kind.REPORT, file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
