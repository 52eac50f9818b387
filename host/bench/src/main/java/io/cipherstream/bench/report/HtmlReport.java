package io.cipherstream.bench.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code report.html}: a {@link BenchReport} for readers, one file that needs no other. */
public final class HtmlReport {

  /** Its name in the folder of a run. */
  public static final String NAME = "report.html";

  private static final String TEMPLATE = "report/report.ftlh";

  private HtmlReport() {}

  /**
   * Writes the page, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(BenchReport report, Path file) {
    OutputFiles.replace(file, page(report).getBytes(StandardCharsets.UTF_8));
  }

  static String page(BenchReport report) {
    return Pages.fill(TEMPLATE, PageModel.of(report));
  }
}
