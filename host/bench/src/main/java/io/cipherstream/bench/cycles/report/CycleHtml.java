package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.OutputFiles;
import io.cipherstream.bench.report.Pages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code cycles.html}: a {@link CycleReport} for readers, one file that needs no other. */
public final class CycleHtml {

  /** Its name in the folder of a run. */
  public static final String NAME = "cycles.html";

  private static final String TEMPLATE = "cycles/report/cycles.ftlh";

  private CycleHtml() {}

  /**
   * Writes the page, whole or not at all.
   *
   * @throws io.cipherstream.bench.report.BenchException of kind OUTPUT if it cannot be written
   */
  public static void write(CycleReport report, Path file) {
    OutputFiles.replace(file, page(report).getBytes(StandardCharsets.UTF_8));
  }

  static String page(CycleReport report) {
    return Pages.fill(TEMPLATE, CyclePage.of(report));
  }
}
