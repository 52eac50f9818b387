package io.cipherstream.bench.run;

import java.time.Duration;

/** Hears how a run goes. */
public interface BenchListener {

  /**
   * A case begins.
   *
   * @param number from 1
   * @param left estimate of the time to the end of the run
   */
  void begin(int number, int of, String what, Duration left);

  /** Something worth telling. */
  void note(String text);
}
