package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.PlaintextTransformer.Reciprocal;
import io.cipherstream.model.Pooling;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole encrypted inferences on limb programs: the replies are SEAL's, word for word. */
@Tag("native")
@Tag("slow")
class EnginesIT {

  @ParameterizedTest
  @EnumSource(names = "SEALED", mode = EnumSource.Mode.EXCLUDE)
  void repliesAreTheSameWordsEvenWhenTheDeviceIsLost(InferenceMode mode) {
    long seed = System.nanoTime();
    System.out.println("EnginesIT seed " + seed + " " + mode);
    SplittableRandom random = new SplittableRandom(seed);
    boolean hybrid = mode == InferenceMode.HYBRID;
    CkksParameters set = hybrid ? CkksParameters.N4096 : CkksParameters.N8192;
    ModelShape shape =
        hybrid
            ? RandomModels.shape(1, 96, 3, 80, false, Pooling.CLS, 2)
            : RandomModels.shape(1, 32, 2, 32, true, Pooling.CLS, 2);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    List<InferencePlan> plans = InferencePlan.all(shape, sample.ranges(), mode, set);
    List<EngineException> failures = new ArrayList<>();
    try (EncryptedPair pair = new EncryptedPair(plans, sample.weights(), sample.embeddings());
        LimbEngine sound = new JavaEngine(set.ring(), 4L << 30);
        LimbEngine lost =
            new FailingEngine(new SealEngine(set.ring()), random.nextInt(5, hybrid ? 20 : 60));
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", set.ring(), OpenClOptions.DEFAULTS);
        CkksEvaluator onOpenCl = on(set, openCl);
        CkksEvaluator onSound = on(set, sound);
        CkksEvaluator onLost = on(set, lost)) {
      int[] ids = RandomModels.sentence(random, 6);
      InferencePlan plan = TokenClass.choose(pair.server().plans(), mode, ids.length);
      RunSeed runSeed = RunSeed.random();
      try (FallbackRun first = run(pair, plan, onSound, failures, runSeed);
          FallbackRun second = run(pair, plan, onLost, failures, runSeed);
          FallbackRun third = run(pair, plan, onOpenCl, failures, runSeed)) {
        double[] logits =
            pair.lockStep(mode, ids, runSeed, List.of(first::step, second::step, third::step));
        assertThat(first.fallen() || third.fallen()).isFalse();
        assertThat(second.fallen()).as("the injected loss was noticed").isTrue();
        assertThat(second.failedEngine()).as("the client hears of both").isPresent();
        assertThat(second.failedEngine().get()).isNotEqualTo(second.engine());
        assertThat(first.failedEngine()).isEmpty();
        assertThat(failures).hasSize(1);
        assertThat(first.finished() && second.finished()).isTrue();
        PlaintextTransformer plain =
            new PlaintextTransformer(
                sample.weights(),
                sample.embeddings(),
                mode == InferenceMode.COMPACT ? Reciprocal.EXACT : Reciprocal.HINGES);
        assertThat(logits).containsExactly(plain.run(ids), within(1e-2));
      }
      pair.keys().close();
      assertThat(sound.counters().liveBuffers()).as("only the weights are left").isLessThan(60);
      pair.server().close();
      assertThat(sound.counters().liveBuffers()).as("nothing is left").isZero();
      assertThat(lost.counters().liveBuffers()).as("nothing is left").isZero();
      awaitEnd(openCl);
      assertThat(openCl.counters().liveBuffers()).as("nothing is left").isZero();
    }
  }

  /**
   * A device lets go of closed buffers when its commands end, which is after their results came.
   */
  private static void awaitEnd(LimbEngine device) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (device.counters().liveBuffers() > 0 && System.nanoTime() < deadline) {
      Thread.yield();
    }
  }

  private static CkksEvaluator on(CkksParameters set, LimbEngine engine) {
    return new CkksEvaluator(new LimbArithmetic(set, engine, 1L << 30));
  }

  private static FallbackRun run(
      EncryptedPair pair,
      InferencePlan plan,
      CkksEvaluator on,
      List<EngineException> failures,
      RunSeed seed) {
    return new FallbackRun(
        pair.server(),
        plan.mode(),
        plan.tokenClass(),
        pair.keys(),
        Optional.of(new FallbackRun.Primary(on, failures::add, () -> {})),
        pair.evaluator(),
        seed);
  }
}
