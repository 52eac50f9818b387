package io.cipherstream.client;

/**
 * Told about steps that may take more than two seconds. Called from the client's threads; a slow
 * listener slows the client down.
 */
@FunctionalInterface
public interface ProgressListener {

  /** Ignores everything. */
  ProgressListener NONE = (step, done, total) -> {};

  /**
   * @param step the current step, such as {@code uploading keys}
   * @param done how much of it is done
   * @param total of how much, in the same unit; 0 if unknown
   */
  void progress(String step, long done, long total);
}
