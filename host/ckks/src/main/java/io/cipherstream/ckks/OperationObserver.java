package io.cipherstream.ckks;

import java.util.Locale;

/** Told how long each operation of a {@link CkksEvaluator} took. Called from any thread. */
@FunctionalInterface
public interface OperationObserver {

  /** Takes no notice. */
  OperationObserver NONE = (operation, limbs, terms, nanos) -> {};

  /** Operations that are told apart. */
  enum Operation {
    ENCODE,
    ADD,
    /** Products with plaintexts, sums of them included. */
    MULTIPLY_PLAIN,
    /** Products of ciphertexts, sums of them included. */
    MULTIPLY,
    RELINEARIZE,
    RESCALE,
    /** Dropping limbs without division, and copies. */
    DROP,
    ROTATE,
    /** Baby-step-giant-step products as one unit; terms: pieces. */
    BABY_GIANT;

    /** Lower-case name with hyphens, for metrics and reports. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * @param limbs limbs of the (first) operand
   * @param terms products of a sum; 1 otherwise
   * @param nanos wall time on the calling thread
   */
  void observed(Operation operation, int limbs, int terms, long nanos);
}
