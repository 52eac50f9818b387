package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * The simulate mode: client and appliance programs on plain slots, with the packing, the rounds,
 * the levels and the scales of an encrypted inference, without noise or with {@link SlotNoise}. For
 * tests, debugging and evaluation.
 */
public final class Simulation implements AutoCloseable {

  private final SimulatedArithmetic slots;
  private final SimulatedKeys keys = new SimulatedKeys();
  private final ServerModel server;
  private final EmbeddingTable embeddings;

  private Simulation(SimulatedArithmetic slots, ServerModel server, EmbeddingTable embeddings) {
    this.slots = slots;
    this.server = server;
    this.embeddings = embeddings;
  }

  /** Prepares a model for the given plans, all of one parameter set. */
  public static Simulation of(
      Collection<InferencePlan> plans,
      EncoderWeights weights,
      EmbeddingTable embeddings,
      ExecutorService workers) {
    return of(
        exact(plans),
        embeddings,
        on -> ServerModel.encode(weights, plans, on, workers, Long.MAX_VALUE));
  }

  /** As the other, of whichever kind the package is. */
  public static Simulation of(
      Collection<InferencePlan> plans, ModelPackage pack, ExecutorService workers) {
    return of(exact(plans), plans, pack, workers);
  }

  /**
   * As the other, with errors like those of encryption. What it answers differs from the exact
   * answer about as much as an encrypted one does, without the noise that an appliance adds to
   * answers.
   *
   * @param seed of the errors
   * @throws IllegalArgumentException if the plans' parameter set has several special primes
   */
  public static Simulation withNoise(
      Collection<InferencePlan> plans, ModelPackage pack, ExecutorService workers, long seed) {
    CkksParameters parameters = plans.iterator().next().parameters();
    return of(SimulatedArithmetic.withNoise(parameters, seed), plans, pack, workers);
  }

  private static SimulatedArithmetic exact(Collection<InferencePlan> plans) {
    return SimulatedArithmetic.withValues(plans.iterator().next().parameters());
  }

  private static Simulation of(
      SimulatedArithmetic slots,
      Collection<InferencePlan> plans,
      ModelPackage pack,
      ExecutorService workers) {
    return of(
        slots,
        pack.client().embeddings(),
        on -> ServerModel.encode(pack, plans, on, workers, Long.MAX_VALUE));
  }

  private static Simulation of(
      SimulatedArithmetic slots,
      EmbeddingTable embeddings,
      Function<CkksEvaluator, ServerModel> encoding) {
    return new Simulation(slots, encoding.apply(new CkksEvaluator(slots)), embeddings);
  }

  /**
   * Logits, value or embedding of one text, in the smallest prepared token class that fits.
   *
   * @throws IllegalArgumentException if no prepared plan of the mode takes that many tokens
   * @throws ModelException of kind UNSUPPORTED for a model without pooling
   */
  public double[] run(InferenceMode mode, int[] tokenIds) {
    double[][] rows = runRows(mode, TokenSequence.of(tokenIds));
    if (server.plans().get(0).shape().pooling() == Pooling.NONE) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "a model without pooling gives one row per token: ask for rows");
    }
    return rows[0];
  }

  /**
   * The output rows of one question: one, or without pooling one per token.
   *
   * @throws IllegalArgumentException if no prepared plan of the mode takes that many tokens
   */
  public double[][] runRows(InferenceMode mode, TokenSequence tokens) {
    InferencePlan plan = TokenClass.choose(server.plans(), mode, tokens.length());
    ClientRun client = new ClientRun(plan, embeddings, tokens);
    try (InferenceRun run = server.start(mode, plan.tokenClass(), keys)) {
      return client.finish(rounds(plan, client, run));
    }
  }

  /**
   * The output rows of several texts in one inference, on the prepared plan for many of them.
   *
   * @throws IllegalArgumentException if there is none, or it does not hold all their tokens
   */
  public List<double[][]> runAll(List<TokenSequence> texts) {
    InferencePlan plan =
        server.plans().stream()
            .filter(InferencePlan::takesManyTexts)
            .findAny()
            .orElseThrow(() -> new IllegalArgumentException("no plan for many texts"));
    ClientRun client = new ClientRun(plan, embeddings, texts);
    try (InferenceRun run = server.start(plan.mode(), plan.tokenClass(), keys)) {
      return client.finishAll(rounds(plan, client, run));
    }
  }

  private List<double[]> rounds(InferencePlan plan, ClientRun client, InferenceRun run) {
    List<double[]> up = client.inputs();
    List<CiphertextSpec> specs = plan.inputs();
    while (true) {
      List<double[]> down = decrypt(run.step(encrypt(specs, up)), plan.complexReplies());
      if (run.finished()) {
        return down;
      }
      up = client.answer(run.nextRound(), down);
      specs = plan.rounds().get(run.nextRound()).up();
    }
  }

  private List<Ciphertext> encrypt(List<CiphertextSpec> specs, List<double[]> vectors) {
    List<Ciphertext> fresh = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      fresh.add(slots.fresh(specs.get(i), vectors.get(i)));
    }
    return fresh;
  }

  private List<double[]> decrypt(List<Ciphertext> ciphertexts, boolean complex) {
    return ciphertexts.stream()
        .map(c -> complex ? slots.decryptComplex(c) : slots.decrypt(c))
        .toList();
  }

  @Override
  public void close() {
    server.close();
    slots.close();
  }
}
