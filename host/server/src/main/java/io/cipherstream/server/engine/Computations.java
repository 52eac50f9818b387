package io.cipherstream.server.engine;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.transformer.FallbackRun;
import java.util.List;

/** A run of a transformer as the network side sees it. */
final class Computations {

  private Computations() {}

  /**
   * The computation of a run.
   *
   * @param use closed after the run
   */
  static Computation of(FallbackRun run, AutoCloseableUse use) {
    return new Computation() {
      @Override
      public List<HostCiphertext> step(List<HostCiphertext> received) {
        return run.step(received);
      }

      @Override
      public String engine() {
        return run.engine();
      }

      @Override
      public List<String> enginesFailed() {
        return run.failedEngine().map(List::of).orElse(List.of());
      }

      @Override
      public void close() {
        try (use) {
          run.close();
        }
      }
    };
  }

  /** A use of an engine whose closing throws nothing that is checked. */
  @FunctionalInterface
  interface AutoCloseableUse extends AutoCloseable {
    @Override
    void close();
  }
}
