package io.cipherstream.bench.work;

import io.cipherstream.bench.report.Measurement;

/** A line that a measuring process answers with. */
public record WorkerResult(Measurement measurement) {

  /** What such a line begins with; a driver may write lines of its own. */
  public static final String PREFIX = "cipherstream-bench ";
}
