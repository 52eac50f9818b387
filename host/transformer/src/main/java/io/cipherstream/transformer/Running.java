package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A ciphertext under construction. Each step closes what it replaces, and closing the whole frees
 * whatever is held when a step fails. Not thread-safe.
 */
final class Running implements AutoCloseable {

  private @Nullable Ciphertext held;

  Running() {}

  Running(Ciphertext first) {
    held = first;
  }

  boolean isEmpty() {
    return held == null;
  }

  /** What is held; stays owned here. */
  Ciphertext get() {
    if (held == null) {
      throw new IllegalStateException("nothing is held");
    }
    return held;
  }

  /** Replaces what is held by step(held). */
  Running then(UnaryOperator<Ciphertext> step) {
    Ciphertext previous = get();
    Ciphertext next = step.apply(previous);
    held = next;
    previous.close();
    return this;
  }

  /** held + term, or term alone when nothing is held; takes ownership of the term. */
  Running add(CkksEvaluator evaluator, Ciphertext term) {
    if (held == null) {
      held = term;
      return this;
    }
    try (term) {
      return then(sum -> evaluator.add(sum, term));
    }
  }

  /** Gives up what is held. */
  Ciphertext take() {
    Ciphertext taken = get();
    held = null;
    return taken;
  }

  @Override
  public void close() {
    if (held != null) {
      held.close();
      held = null;
    }
  }
}
