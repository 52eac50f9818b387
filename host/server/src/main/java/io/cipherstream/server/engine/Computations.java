package io.cipherstream.server.engine;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.InferenceRun;
import java.util.List;

/** Runs of a transformer as the network side sees them. */
final class Computations {

  private Computations() {}

  /**
   * @param engine name of the run's evaluator
   */
  static Computation of(InferenceRun run, String engine) {
    return new Computation() {
      @Override
      public List<Ciphertext> step(List<Ciphertext> received) {
        return run.step(received);
      }

      @Override
      public String engine() {
        return engine;
      }

      @Override
      public void close() {
        run.close();
      }
    };
  }

  /**
   * @param use closed after the run
   */
  static Computation of(FallbackRun run, AutoCloseableUse use) {
    return new Computation() {
      @Override
      public List<Ciphertext> step(List<Ciphertext> received) {
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
