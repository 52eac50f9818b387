package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPackage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;

/**
 * A model's encoded weights for one or more modes and token classes, ready to run inferences.
 *
 * <p>PAPER and COMPACT share an encoding, as do all numbers of chunks of SEALED and all classes of
 * HYBRID with the same F. Immutable after {@link #encode}; any number of inferences may run at
 * once, each with its own keys.
 */
public final class ServerModel implements AutoCloseable {

  private record Key(InferenceMode mode, int tokenClass) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byMode = mode.compareTo(other.mode);
      return byMode != 0 ? byMode : Integer.compare(tokenClass, other.tokenClass);
    }
  }

  /** Encodes the weights of one plan. */
  private interface Encoding {
    EncodedWeights of(InferencePlan plan, PlainSource source, Parallel parallel);
  }

  private final CkksEvaluator evaluator;
  private final Parallel parallel;
  private final PlainSource source;
  private final Map<Key, InferencePlan> plans = new TreeMap<>();
  private final Map<Key, EncodedWeights> models = new TreeMap<>();

  private ServerModel(CkksEvaluator evaluator, Parallel parallel) {
    this.evaluator = evaluator;
    this.parallel = parallel;
    this.source = PlainSource.of(evaluator);
  }

  /**
   * Encodes a model's weights in parallel.
   *
   * @param workers threads that help; the calling thread works too
   * @param memoryBudgetBytes most off-heap bytes the encoded weights may take
   * @throws IllegalArgumentException if the plans need more than the budget, or none is given
   */
  public static ServerModel encode(
      EncoderWeights weights,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    return encode(
        (plan, source, parallel) ->
            plan.context() instanceof HybridContext hybrid
                ? HybridWeights.encode(hybrid, weights, source, parallel)
                : EncodedModel.encode((ModelContext) plan.context(), weights, source, parallel),
        plans,
        evaluator,
        workers,
        memoryBudgetBytes);
  }

  /**
   * As the others, for any kind of package.
   *
   * @throws io.cipherstream.model.ModelException if its weights cannot be read
   */
  public static ServerModel encode(
      ModelPackage pack,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    if (pack.manifest().sealed() == null) {
      return encode(pack.encoder(), plans, evaluator, workers, memoryBudgetBytes);
    }
    SealedEncoder encoder = SealedPackage.of(pack).encoder();
    if (MergedTransformer.covers(encoder.spec())) {
      MergedTransformer merged = MergedTransformer.of(encoder);
      return encode(merged, plans, evaluator, workers, memoryBudgetBytes);
    }
    return MergedLayers.covers(encoder.spec())
        ? encode(MergedLayers.of(encoder), plans, evaluator, workers, memoryBudgetBytes)
        : encode(MergedEncoder.of(encoder), plans, evaluator, workers, memoryBudgetBytes);
  }

  /** As the other, of a CP, CS or CA. */
  public static ServerModel encode(
      MergedLayers weights,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    return encode(
        (plan, source, parallel) ->
            DeepWeights.encode((DeepContext) plan.sealed(), weights, source),
        plans,
        evaluator,
        workers,
        memoryBudgetBytes);
  }

  /** As the other, of an AA. */
  public static ServerModel encode(
      MergedTransformer weights,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    return encode(
        (plan, source, parallel) ->
            new TransformerWeights((TransformerContext) plan.sealed(), weights, source),
        plans,
        evaluator,
        workers,
        memoryBudgetBytes);
  }

  /** As the other, of a CQ or CT. */
  public static ServerModel encode(
      MergedEncoder weights,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    return encode(
        (plan, source, parallel) ->
            plan.sealed() instanceof WordsContext words
                ? new WordsWeights(words, weights, source)
                : SealedWeights.encode((ShallowContext) plan.sealed(), weights, source),
        plans,
        evaluator,
        workers,
        memoryBudgetBytes);
  }

  private static ServerModel encode(
      Encoding encoding,
      Collection<InferencePlan> plans,
      CkksEvaluator evaluator,
      ExecutorService workers,
      long memoryBudgetBytes) {
    long needed = bytesNeeded(plans);
    if (plans.isEmpty() || needed > memoryBudgetBytes) {
      throw new IllegalArgumentException(
          String.format(
              "%d plans need %d MiB of encoded weights, the budget is %d MiB: raise the budget or"
                  + " load fewer token classes",
              plans.size(), needed >> 20, memoryBudgetBytes >> 20));
    }
    Parallel parallel = new Parallel(workers, Runtime.getRuntime().availableProcessors());
    ServerModel model = new ServerModel(evaluator, parallel);
    try {
      for (InferencePlan plan : plans) {
        model.plans.put(new Key(plan.mode(), plan.tokenClass()), plan);
        Key key = encodingKey(plan);
        if (!model.models.containsKey(key)) {
          model.models.put(key, encoding.of(plan, model.source, parallel));
        }
      }
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Off-heap bytes that {@link #encode} will take for these plans. */
  public static long bytesNeeded(Collection<InferencePlan> plans) {
    Map<Key, Long> encodings = new TreeMap<>();
    for (InferencePlan plan : plans) {
      encodings.put(encodingKey(plan), plan.costs().weightBytes());
    }
    return encodings.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Key encodingKey(InferencePlan plan) {
    return switch (plan.mode()) {
      case PAPER, COMPACT -> new Key(InferenceMode.PAPER, plan.tokenClass());
      case SEALED -> new Key(plan.mode(), 0);
      case HYBRID -> new Key(plan.mode(), plan.context().features());
    };
  }

  /** The plans this model can run. */
  public List<InferencePlan> plans() {
    return new ArrayList<>(plans.values());
  }

  /**
   * Begins an inference on the evaluator the weights were encoded with.
   *
   * @throws IllegalArgumentException if the mode and class are not loaded
   */
  public InferenceRun start(InferenceMode mode, int tokenClass, EvaluationKeys keys) {
    return start(mode, tokenClass, keys, evaluator, RunSeed.random());
  }

  /**
   * Begins an inference on another evaluator of the same parameter set.
   *
   * @param seed of the blinding factors: equal seeds and inputs give equal words on every engine
   * @throws IllegalArgumentException if the mode and class are not loaded
   */
  public InferenceRun start(
      InferenceMode mode, int tokenClass, EvaluationKeys keys, CkksEvaluator on, RunSeed seed) {
    return start(mode, tokenClass, keys, on, seed, -1);
  }

  /**
   * As the other, from a round on.
   *
   * @param nextRound that {@link InferenceRun#beginsHere} was true of; −1 for the inputs
   */
  InferenceRun start(
      InferenceMode mode,
      int tokenClass,
      EvaluationKeys keys,
      CkksEvaluator on,
      RunSeed seed,
      int nextRound) {
    InferencePlan plan = plans.get(new Key(mode, tokenClass));
    EncodedWeights model = plan == null ? null : models.get(encodingKey(plan));
    if (plan == null || model == null) {
      throw new IllegalArgumentException(
          "mode "
              + mode.label()
              + " with "
              + tokenClass
              + " tokens is not loaded: "
              + plans.keySet());
    }
    return new InferenceRun(
        plan,
        model.start(plan.context(), seed.generator()),
        new StepContext(on, parallel, keys),
        nextRound);
  }

  /** Off-heap bytes held by encoded weights. */
  public long bytes() {
    return source.bytes();
  }

  @Override
  public void close() {
    source.close();
    models.clear();
    plans.clear();
  }
}
