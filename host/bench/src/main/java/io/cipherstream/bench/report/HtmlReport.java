package io.cipherstream.bench.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** tmp */
public final class HtmlReport {

  public static final String NAME = "report.html";

  private HtmlReport() {}

  public static void write(BenchReport report, Path file) {
    OutputFiles.replace(file, report.toString().getBytes(StandardCharsets.UTF_8));
  }
}
