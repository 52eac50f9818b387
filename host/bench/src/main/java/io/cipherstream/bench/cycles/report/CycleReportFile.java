package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.JsonReport;

/** {@code cycles.json}: a {@link CycleReport} as JSON. */
public final class CycleReportFile {

  /** Its name in the folder of a run. */
  public static final String NAME = "cycles.json";

  /** Reads and writes it. */
  public static final JsonReport<CycleReport> FORMAT =
      new JsonReport<>(NAME, CycleReport.class, CycleReport.SCHEMA_VERSION);

  private CycleReportFile() {}
}
