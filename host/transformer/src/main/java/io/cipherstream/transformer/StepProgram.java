package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * The appliance's side of one inference, step by step, over any evaluator: traced to make a plan,
 * simulated on plain slots, or run on ciphertexts. One step at a time.
 */
interface StepProgram {

  /**
   * Runs one step.
   *
   * @param ctx of this step; what it keeps lives until the end of the run, unless a later step
   *     takes it
   * @param received what the client sent; belongs to {@code ctx}
   * @return what is sent belongs to {@code ctx}
   */
  Exchange step(StepContext ctx, List<Ciphertext> received);

  /**
   * Whether the next step needs nothing of what came before, so that a run can begin with it. Of
   * the first step it is true.
   *
   * @param nextRound whose answers the next step takes; −1 for the inputs
   */
  default boolean beginsWith(int nextRound) {
    return nextRound < 0;
  }

  /**
   * Goes on with a step that {@link #beginsWith} is true of, before any other.
   *
   * @throws IllegalArgumentException for any other step
   */
  default void skipTo(int nextRound) {
    if (nextRound >= 0) {
      throw new IllegalArgumentException("round " + nextRound + " needs the steps before it");
    }
  }

  /**
   * Runs one step in a context of its own.
   *
   * @param run the context of the whole run
   * @param received what the client sent; closed by this call
   * @return the caller closes what is sent
   */
  default Exchange runStep(StepContext run, List<Ciphertext> received) {
    try (StepContext step = run.open()) {
      received.forEach(step::adopt);
      Exchange exchange = step(step, received);
      step.release(exchange.down());
      return exchange;
    }
  }
}
