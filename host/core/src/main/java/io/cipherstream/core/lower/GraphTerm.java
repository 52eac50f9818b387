package io.cipherstream.core.lower;

import io.cipherstream.core.Factor;
import org.jspecify.annotations.Nullable;

/**
 * A term of a sum before slots are known: a value times a value or times a factor that needs no
 * slot.
 *
 * @param value null if the factor is set
 * @param factor null if the value is set
 */
record GraphTerm(Value a, @Nullable Value value, @Nullable Factor factor) {

  /** a times 1. */
  static GraphTerm plain(Value a) {
    return new GraphTerm(a, null, new Factor.Constant(1));
  }

  /** Whether it is a value times 1. */
  boolean isPlain() {
    return factor instanceof Factor.Constant c && c.value() == 1;
  }
}
