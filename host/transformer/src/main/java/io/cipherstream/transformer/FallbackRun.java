package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ring.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One inference from host memory to host memory, on an engine that can fail. When it fails, the
 * trusted evaluator computes everything again from what the client has sent, and continues: the
 * replies have the same words, but later.
 *
 * <p>The client's ciphertexts are kept as long as a run that is started again would need them,
 * which in most modes is until the end; not if the trusted evaluator computes from the start. Not
 * thread-safe: one step at a time; {@link #close} may come between steps at any point.
 */
public final class FallbackRun implements ServerRun {

  /**
   * The engine that is tried first.
   *
   * @param failed receives the failure that ended its use in one inference
   * @param done called when the run is closed
   */
  public record Primary(CkksEvaluator evaluator, Consumer<EngineException> failed, Runnable done) {}

  private final ServerModel model;
  private final InferencePlan plan;
  private final EvaluationKeys keys;
  private final Optional<Primary> primary;
  private final CkksEvaluator trusted;
  private final RunSeed seed;
  private final List<List<HostCiphertext>> history = new ArrayList<>();
  private InferenceRun run;
  private CkksEvaluator on;

  /** The round whose answers are the first in {@link #history}. */
  private int firstKept = -1;

  /**
   * Starts an inference.
   *
   * @param primary empty if the trusted evaluator computes
   * @throws IllegalArgumentException if the mode and class are not loaded
   */
  public FallbackRun(
      ServerModel model,
      InferenceMode mode,
      int tokenClass,
      EvaluationKeys keys,
      Optional<Primary> primary,
      CkksEvaluator trusted) {
    this(model, mode, tokenClass, keys, primary, trusted, RunSeed.random());
  }

  FallbackRun(
      ServerModel model,
      InferenceMode mode,
      int tokenClass,
      EvaluationKeys keys,
      Optional<Primary> primary,
      CkksEvaluator trusted,
      RunSeed seed) {
    this.model = model;
    this.seed = seed;
    this.keys = keys;
    this.primary = primary;
    this.trusted = trusted;
    this.on = primary.map(Primary::evaluator).orElse(trusted);
    this.run = model.start(mode, tokenClass, keys, on, seed);
    this.plan = run.plan();
  }

  public InferencePlan plan() {
    return plan;
  }

  /** Whether the trusted evaluator has taken over. */
  public boolean fallen() {
    return primary.isPresent() && on == trusted;
  }

  @Override
  public String engine() {
    return on.name();
  }

  @Override
  public Optional<String> failedEngine() {
    return fallen() ? primary.map(tried -> tried.evaluator().name()) : Optional.empty();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if number, limbs, size or scale differ from the plan
   * @throws IllegalStateException if the inference is finished
   * @throws EngineException only for a mistake of ours (kinds PROGRAM and TRANSFER)
   */
  @Override
  public List<HostCiphertext> step(List<HostCiphertext> received) {
    List<HostCiphertext> owned = List.copyOf(received);
    if (on == trusted) {
      return taken(computed(owned));
    }
    if (run.beginsHere()) {
      history.forEach(Scope::closeAll);
      history.clear();
      firstKept = run.nextRound();
    }
    history.add(owned);
    try {
      return taken(run.step(brought(owned)));
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.PROGRAM || e.kind() == EngineException.Kind.TRANSFER) {
        throw e;
      }
      primary.ifPresent(tried -> tried.failed().accept(e));
      return recompute(e);
    }
  }

  /** Starts again on the trusted evaluator and repeats all steps so far. */
  private List<HostCiphertext> recompute(EngineException cause) {
    try {
      run.close();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
    on = trusted;
    run = model.start(plan.mode(), plan.tokenClass(), keys, trusted, seed, firstKept);
    List<Ciphertext> last = List.of();
    while (!history.isEmpty()) {
      Scope.closeAll(last);
      last = computed(history.remove(0));
    }
    return taken(last);
  }

  /** A step whose inputs are not needed afterwards. */
  private List<Ciphertext> computed(List<HostCiphertext> received) {
    List<Ciphertext> entered;
    try {
      entered = brought(received);
    } finally {
      Scope.closeAll(received);
    }
    return run.step(entered);
  }

  private List<Ciphertext> brought(List<HostCiphertext> received) {
    return converted(received, on::bring);
  }

  private List<HostCiphertext> taken(List<Ciphertext> made) {
    try {
      return converted(made, on::take);
    } finally {
      Scope.closeAll(made);
    }
  }

  /** Converts each to another form, which the caller closes. */
  private static <A, B extends AutoCloseable> List<B> converted(
      List<A> all, Function<A, B> conversion) {
    try (Scope scope = new Scope()) {
      List<B> converted = all.stream().map(conversion).map(scope::add).toList();
      converted.forEach(scope::release);
      return converted;
    }
  }

  /** Whether the result has been returned. */
  public boolean finished() {
    return run.finished();
  }

  @Override
  public void close() {
    try {
      run.close();
      history.forEach(Scope::closeAll);
      history.clear();
    } finally {
      primary.ifPresent(tried -> tried.done().run());
    }
  }
}
