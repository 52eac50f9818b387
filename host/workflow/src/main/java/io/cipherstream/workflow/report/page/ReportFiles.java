package io.cipherstream.workflow.report.page;

import io.cipherstream.files.FileReplacer;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.JsonReport;
import io.cipherstream.report.Page;
import io.cipherstream.report.PageSection;
import io.cipherstream.workflow.report.AccuracyTable;
import io.cipherstream.workflow.report.ConversionComparison;
import io.cipherstream.workflow.report.ConversionReport;
import io.cipherstream.workflow.report.NormalizerFit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes {@code report.json} and {@code report.html}, or {@code comparison.json} and {@code
 * comparison.html}. Each file is replaced atomically, so that a conversion can rewrite its report
 * after every stage. Do not use it on one folder from two threads at once.
 */
public final class ReportFiles {

  /** The report for programs. */
  public static final String JSON = "report.json";

  /** The report for readers; it needs no other file. */
  public static final String HTML = "report.html";

  /** The comparison for programs. */
  public static final String COMPARISON_JSON = "comparison.json";

  /** The comparison for readers. */
  public static final String COMPARISON_HTML = "comparison.html";

  private ReportFiles() {}

  /**
   * Both files of a report.
   *
   * @param folder must be there
   * @throws IOException if one cannot be written
   */
  public static void write(ConversionReport report, Path folder) throws IOException {
    FileReplacer.PLAIN.replace(folder.resolve(JSON), JsonReport.bytes(report));
    FileReplacer.PLAIN.replace(folder.resolve(HTML), html(report).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Both files of a comparison.
   *
   * @param folder must be there
   * @throws IOException if one cannot be written
   */
  public static void write(ConversionComparison comparison, Path folder) throws IOException {
    FileReplacer.PLAIN.replace(folder.resolve(COMPARISON_JSON), JsonReport.bytes(comparison));
    FileReplacer.PLAIN.replace(
        folder.resolve(COMPARISON_HTML), html(comparison).getBytes(StandardCharsets.UTF_8));
  }

  /** The report's page. */
  public static String html(ConversionReport report) {
    Drawing drawing = new Drawing();
    List<PageSection> sections = new ArrayList<>();
    sections.add(SummarySection.of(report));
    sections.add(HeaderSection.what(report.header()));
    AccuracyTable accuracy = report.accuracy();
    if (accuracy != null) {
      sections.add(AccuracySection.of(drawing, accuracy));
    }
    sections.addAll(StageSections.of(drawing, report.stages()));
    if (!report.ranges().isEmpty()) {
      sections.add(RangeSection.of(drawing, report.ranges()));
    }
    NormalizerFit normalizer = report.normalizer();
    if (normalizer != null) {
      sections.add(NormalizerSection.of(drawing, normalizer));
    }
    if (!report.checks().isEmpty()) {
      sections.add(CheckSection.of(report.checks()));
    }
    if (!report.stages().isEmpty()) {
      sections.add(CostSection.of(report));
    }
    sections.add(LimitSection.of(report));
    sections.add(HeaderSection.setup(report.header()));
    return new Page(
            "Conversion of " + report.header().name(),
            "A pre-trained model ("
                + report.header().modelSource()
                + ") was converted, in stages, to one whose every step can be computed on encrypted"
                + " numbers, and tried on the task "
                + report.header().task()
                + ". This page says what that cost in accuracy and time, and where the result must"
                + " not be trusted.",
            SummarySection.alerts(report),
            sections)
        .with(drawing)
        .html();
  }

  /** The comparison's page. */
  public static String html(ConversionComparison comparison) {
    return new Page(
            "Conversions compared",
            comparison.sides().size()
                + " conversions on the task "
                + comparison.task()
                + ", tried on the same development file (SHA-256 "
                + comparison.devSha256()
                + ").",
            List.of(),
            ComparisonSections.of(comparison))
        .html();
  }
}
