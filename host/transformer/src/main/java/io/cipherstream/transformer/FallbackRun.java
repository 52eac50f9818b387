package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ring.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One inference on an engine that can fail. When it does, everything is computed again on the
 * trusted evaluator from what the client has sent, and goes on there: the replies are the same
 * words, only later.
 *
 * <p>What the client sends is kept until the end, once more than a plain {@link InferenceRun} keeps
 * it. Not thread-safe: one step at a time; {@link #close} may come between steps at any point.
 */
public final class FallbackRun implements AutoCloseable {

  /**
   * The engine that is tried first.
   *
   * @param enter copies a ciphertext of the trusted evaluator to the engine
   * @param leave copies a ciphertext of the engine back
   * @param failed told of the failure that ended its use in one inference
   */
  public record Primary(
      CkksEvaluator evaluator,
      UnaryOperator<Ciphertext> enter,
      UnaryOperator<Ciphertext> leave,
      Consumer<EngineException> failed) {}

  private final ServerModel model;
  private final InferencePlan plan;
  private final EvaluationKeys keys;
  private final Primary primary;
  private final CkksEvaluator trusted;
  private final RunSeed seed;
  private final List<List<Ciphertext>> history = new ArrayList<>();
  private InferenceRun run;
  private boolean fallen;

  /**
   * @throws IllegalArgumentException if the mode and class are not loaded
   */
  public FallbackRun(
      ServerModel model,
      InferenceMode mode,
      int tokenClass,
      EvaluationKeys keys,
      Primary primary,
      CkksEvaluator trusted) {
    this(model, mode, tokenClass, keys, primary, trusted, RunSeed.random());
  }

  FallbackRun(
      ServerModel model,
      InferenceMode mode,
      int tokenClass,
      EvaluationKeys keys,
      Primary primary,
      CkksEvaluator trusted,
      RunSeed seed) {
    this.model = model;
    this.seed = seed;
    this.keys = keys;
    this.primary = primary;
    this.trusted = trusted;
    this.run = model.start(mode, tokenClass, keys, primary.evaluator(), seed);
    this.plan = run.plan();
  }

  public InferencePlan plan() {
    return plan;
  }

  /** Whether the trusted evaluator has taken over. */
  public boolean fallen() {
    return fallen;
  }

  /** Name of the evaluator that computed the last step, or will compute the first. */
  public String engine() {
    return (fallen ? trusted : primary.evaluator()).name();
  }

  /** Name of the engine that failed, if the trusted evaluator has taken over. */
  public Optional<String> failedEngine() {
    return fallen ? Optional.of(primary.evaluator().name()) : Optional.empty();
  }

  /**
   * As {@link InferenceRun#step}, on ciphertexts of the trusted evaluator.
   *
   * @throws EngineException only for a mistake of ours (kinds PROGRAM and TRANSFER)
   */
  public List<Ciphertext> step(List<? extends Ciphertext> received) {
    List<Ciphertext> owned = List.copyOf(received);
    if (fallen) {
      return run.step(owned);
    }
    history.add(owned);
    try {
      return onPrimary(owned);
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.PROGRAM || e.kind() == EngineException.Kind.TRANSFER) {
        throw e;
      }
      primary.failed().accept(e);
      return again(e);
    }
  }

  private List<Ciphertext> onPrimary(List<Ciphertext> received) {
    List<Ciphertext> entered = new ArrayList<>();
    try {
      for (Ciphertext ciphertext : received) {
        entered.add(primary.enter().apply(ciphertext));
      }
    } catch (RuntimeException | Error e) {
      Owned.closeAll(entered);
      throw e;
    }
    List<Ciphertext> made = run.step(entered);
    try (Owned owned = new Owned()) {
      List<Ciphertext> left = new ArrayList<>();
      for (Ciphertext ciphertext : made) {
        left.add(owned.keep(primary.leave().apply(ciphertext)));
      }
      left.forEach(owned::release);
      return left;
    } finally {
      Owned.closeAll(made);
    }
  }

  /** Starts afresh on the trusted evaluator and repeats all steps so far. */
  private List<Ciphertext> again(EngineException cause) {
    fallen = true;
    try {
      run.close();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
    run = model.start(plan.mode(), plan.tokenClass(), keys, trusted, seed);
    List<Ciphertext> last = List.of();
    while (!history.isEmpty()) {
      Owned.closeAll(last);
      last = run.step(history.remove(0));
    }
    return last;
  }

  /** Whether the result has been returned. */
  public boolean finished() {
    return run.finished();
  }

  @Override
  public void close() {
    run.close();
    history.forEach(Owned::closeAll);
    history.clear();
  }
}
