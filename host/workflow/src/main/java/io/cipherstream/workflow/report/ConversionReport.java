package io.cipherstream.workflow.report;

import io.cipherstream.report.JsonReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The results of a conversion so far; a report can be written after every stage.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param header what, from what, where and how
 * @param accuracy null before anything was evaluated
 * @param stages in the order in which they ran
 * @param ranges one table per exported model
 * @param normalizer T; null if no variant has one
 * @param checks agreement checks
 * @param notes what a reader should keep in mind, beyond what every report says
 */
public record ConversionReport(
    int schemaVersion,
    ConversionHeader header,
    @Nullable AccuracyTable accuracy,
    List<StageRecord> stages,
    List<RangeTable> ranges,
    @Nullable NormalizerFit normalizer,
    List<AgreementCheck> checks,
    List<String> notes) {

  /** The version that this program writes and reads. */
  public static final int SCHEMA_VERSION = 1;

  /** Most entries of a list, except for curves. */
  public static final int ENTRIES_MAX = 10_000;

  private static final JsonReport<ConversionReport> FILE =
      new JsonReport<>(
          "a conversion report",
          ConversionReport.class,
          SCHEMA_VERSION,
          "convert again, or compare with the program that wrote it");

  public ConversionReport {
    stages = ReportChecks.list("stages", stages);
    ranges = ReportChecks.list("range tables", ranges);
    checks = ReportChecks.list("checks", checks);
    notes = ReportChecks.list("notes", notes);
    if (schemaVersion != SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          "schema version " + schemaVersion + ": expected " + SCHEMA_VERSION);
    }
    Objects.requireNonNull(header, "header");
  }

  /** A report of this program's version. */
  public static ConversionReport of(
      ConversionHeader header,
      @Nullable AccuracyTable accuracy,
      List<StageRecord> stages,
      List<RangeTable> ranges,
      @Nullable NormalizerFit normalizer,
      List<AgreementCheck> checks,
      List<String> notes) {
    return new ConversionReport(
        SCHEMA_VERSION, header, accuracy, stages, ranges, normalizer, checks, notes);
  }

  /** A report of a conversion that has not done anything yet. */
  public static ConversionReport started(ConversionHeader header) {
    return of(header, null, List.of(), List.of(), null, List.of(), List.of());
  }

  /**
   * A report from its JSON file.
   *
   * @throws IOException if it cannot be read, is larger than {@link JsonReport#BYTES_MAX}, is no
   *     report, contradicts itself, or is of another version
   */
  public static ConversionReport read(Path file) throws IOException {
    return FILE.read(file);
  }
}
