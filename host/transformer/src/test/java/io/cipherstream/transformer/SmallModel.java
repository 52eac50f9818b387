package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.InsecureTestParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.PlaintextTransformer.Reciprocal;
import io.cipherstream.model.Pooling;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A model small enough for hardware that is simulated cycle by cycle: one layer, 16 wide, two
 * heads, THE-X, N = 1024 ({@link InsecureTestParameters}). The same weights and the same sentence
 * for the same seed.
 */
public final class SmallModel {

  private static final InferenceMode MODE = InferenceMode.PAPER;
  private static final int TOKENS = 6;
  private static final int TOKEN_CLASS = 16;

  /** Logits are of order one to ten. */
  private static final double TOLERANCE = 1e-2;

  private static final long RESIDENT_BYTES = 1L << 28;

  private SmallModel() {}

  /** The parameter set, which this allows in the running process. */
  public static CkksParameters parameters() {
    System.setProperty(InsecureTestParameters.SWITCH, "true");
    return InsecureTestParameters.n1024();
  }

  /**
   * Computes an encrypted sentence on SEAL and, on the same ciphertexts, on each engine: every word
   * of every reply must be SEAL's, no engine may have failed, nothing may be left on it, and the
   * logits must be those of the plaintext model.
   */
  public static void compare(long seed, List<LimbEngine> engines) {
    List<EngineException> failures = new ArrayList<>();
    List<CkksEvaluator> evaluators = new ArrayList<>();
    try {
      List<FallbackRun.Primary> primaries = new ArrayList<>();
      for (LimbEngine engine : engines) {
        CkksEvaluator on =
            new CkksEvaluator(new LimbArithmetic(parameters(), engine, RESIDENT_BYTES));
        evaluators.add(on);
        primaries.add(new FallbackRun.Primary(on, failures::add, () -> {}));
      }
      List<Boolean> fallen = fallen(seed, primaries);
      assertThat(failures).as("failures of engines, seed %d", seed).isEmpty();
      assertThat(fallen).doesNotContain(true);
    } finally {
      evaluators.forEach(CkksEvaluator::close);
    }
  }

  /**
   * As {@link #compare}, with engines that may fail and SEAL's evaluator behind them. The replies
   * must be SEAL's all the same.
   *
   * @return whether each of them failed, so that SEAL took over
   */
  public static List<Boolean> fallen(long seed, List<FallbackRun.Primary> primaries) {
    SplittableRandom random = new SplittableRandom(seed);
    ModelShape shape = RandomModels.shape(1, 16, 2, 32, true, Pooling.CLS, 2);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    int[] ids = RandomModels.sentence(random, TOKENS);
    InferencePlan plan = InferencePlan.of(shape, sample.ranges(), MODE, TOKEN_CLASS, parameters());
    List<FallbackRun> runs = new ArrayList<>();
    try (EncryptedPair pair =
        new EncryptedPair(List.of(plan), sample.weights(), sample.embeddings())) {
      RunSeed runSeed = RunSeed.random();
      primaries.forEach(p -> runs.add(run(pair, p, runSeed)));
      double[] logits =
          pair.lockStep(MODE, ids, runSeed, runs.stream().map(SmallModel::shadow).toList());
      assertThat(runs).allMatch(FallbackRun::finished);
      PlaintextTransformer plain =
          new PlaintextTransformer(sample.weights(), sample.embeddings(), Reciprocal.HINGES);
      assertThat(logits).as("seed %d", seed).containsExactly(plain.run(ids), within(TOLERANCE));
      return runs.stream().map(FallbackRun::fallen).toList();
    } finally {
      runs.forEach(FallbackRun::close);
    }
  }

  private static EncryptedPair.Shadow shadow(FallbackRun run) {
    return run::step;
  }

  private static FallbackRun run(EncryptedPair pair, FallbackRun.Primary primary, RunSeed seed) {
    return new FallbackRun(
        pair.server(),
        MODE,
        TOKEN_CLASS,
        pair.keys(),
        Optional.of(primary),
        pair.evaluator(),
        seed);
  }
}
