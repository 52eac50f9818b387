package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * One inference on the appliance. Not thread-safe: one step at a time; {@link #close} may come
 * between steps at any point.
 */
public final class InferenceRun implements AutoCloseable {

  private final InferencePlan plan;
  private final StepProgram program;
  private final StepContext context;
  private int nextRound;
  private boolean finished;

  /**
   * @param context of this run; closed with it
   */
  InferenceRun(InferencePlan plan, StepProgram program, StepContext context) {
    this(plan, program, context, -1);
  }

  /**
   * A run that begins with the answers of a round.
   *
   * @param nextRound that {@link #beginsHere} was true of
   */
  InferenceRun(InferencePlan plan, StepProgram program, StepContext context, int nextRound) {
    program.skipTo(nextRound);
    this.plan = plan;
    this.program = program;
    this.context = context;
    this.nextRound = nextRound;
  }

  /** Whether a run could begin with the next step. */
  boolean beginsHere() {
    return program.beginsWith(nextRound);
  }

  public InferencePlan plan() {
    return plan;
  }

  /**
   * Computes one step: blocking and heavy, never for an event loop.
   *
   * @param received the inputs at first, then the {@code up} ciphertexts of {@link #nextRound};
   *     owned and closed by this call
   * @return the {@code down} ciphertexts of the next round or, after the last, the result; the
   *     caller closes them
   * @throws IllegalArgumentException if number, limbs, size or scale differ from the plan
   * @throws IllegalStateException if the inference is finished
   */
  public List<Ciphertext> step(List<? extends Ciphertext> received) {
    List<Ciphertext> owned = List.copyOf(received);
    try {
      check(owned);
    } catch (RuntimeException e) {
      Scope.closeAll(owned);
      throw e;
    }
    Exchange exchange = program.runStep(context, owned);
    nextRound++;
    finished = exchange.operation() == null;
    return exchange.down();
  }

  private void check(List<Ciphertext> received) {
    if (finished) {
      throw new IllegalStateException("the inference is finished");
    }
    List<CiphertextSpec> expected =
        nextRound < 0 ? plan.inputs() : plan.rounds().get(nextRound).up();
    if (received.size() != expected.size()) {
      throw new IllegalArgumentException(
          received.size() + " ciphertexts, expected " + expected.size());
    }
    for (int i = 0; i < expected.size(); i++) {
      Ciphertext got = received.get(i);
      CiphertextSpec want = expected.get(i);
      if (got.size() != 2 || got.limbs() != want.limbs() || got.scale() != want.scale()) {
        throw new IllegalArgumentException(
            String.format(
                "ciphertext %d has size %d, %d limbs, scale %g; expected 2, %d, %g",
                i, got.size(), got.limbs(), got.scale(), want.limbs(), want.scale()));
      }
    }
  }

  /** Index of the round whose answers are expected; −1 before the inputs. */
  public int nextRound() {
    return nextRound;
  }

  /** Whether the result has been returned. */
  public boolean finished() {
    return finished;
  }

  @Override
  public void close() {
    finished = true;
    context.close();
  }
}
