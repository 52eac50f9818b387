package io.cipherstream.workflow.train;

import java.util.Locale;
import java.util.function.IntPredicate;

/** Distinguishes a lack of memory from other failures and finds the batch size that fits. */
final class MemoryProbe {

  private MemoryProbe() {}

  /**
   * The exception to throw for a failed step.
   *
   * @param fits tries a batch size
   * @param batch the one that failed
   */
  static RuntimeException explained(Throwable e, IntPredicate fits, int batch) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    boolean memory =
        e instanceof OutOfMemoryError
            || text.contains("can't allocate memory")
            || text.contains("out of memory")
            || text.contains("bad_alloc");
    if (!memory) {
      return e instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
    int size = batch / 2;
    while (size > 0 && !fits.test(size)) {
      size /= 2;
    }
    return new TrainingException(
        TrainingException.Kind.MEMORY,
        "a batch of "
            + batch
            + " examples does not fit into memory; "
            + (size == 0 ? "not even one does" : size + " fit: use --batch " + size),
        e);
  }
}
