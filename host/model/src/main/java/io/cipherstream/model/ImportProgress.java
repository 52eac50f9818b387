package io.cipherstream.model;

/** Told how far an import is. */
@FunctionalInterface
public interface ImportProgress {

  /**
   * @param step what is being done: {@code read}, {@code calibrate}, {@code write}
   * @param done parts done, 0 to total
   * @param total parts of the step
   */
  void report(String step, int done, int total);
}
