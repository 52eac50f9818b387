package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many encrypted texts in one inference: the words are SEAL's on the matrix routine and on
 * programs.
 */
@Tag("native")
@Tag("slow")
class HybridTextsIT {

  private static final CkksParameters SET = CkksParameters.N4096;

  @Test
  void repliesAreTheSameWordsOnEveryEngine() {
    long seed = System.nanoTime();
    System.out.println("HybridTextsIT seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    ModelShape shape = RandomModels.shape(1, 12, 3, 20, false, Pooling.MEAN, 2);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    InferencePlan plan = HybridTextsTest.plan(sample);
    List<TokenSequence> texts = HybridTextsTest.texts(random, 9);
    try (EncryptedPair pair =
            new EncryptedPair(List.of(plan), sample.weights(), sample.embeddings());
        LimbEngine java = new JavaEngine(SET.ring(), 4L << 30);
        LimbEngine seal = new SealEngine(SET.ring());
        LimbEngine portable = SealEngine.withPortableKernels(SET.ring());
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS)) {
      RunSeed runSeed = RunSeed.random();
      List<FallbackRun> runs = new ArrayList<>();
      try {
        for (LimbEngine engine : List.of(java, seal, portable, openCl)) {
          CkksEvaluator on = new CkksEvaluator(new LimbArithmetic(SET, engine, 1L << 30));
          runs.add(
              new FallbackRun(
                  pair.server(),
                  plan.mode(),
                  plan.tokenClass(),
                  pair.keys(),
                  Optional.of(new FallbackRun.Primary(on, e -> {}, () -> {})),
                  pair.evaluator(),
                  runSeed));
        }
        List<EncryptedPair.Shadow> shadows = new ArrayList<>();
        runs.forEach(run -> shadows.add(run::step));
        ClientRun client = new ClientRun(plan, sample.embeddings(), texts);
        List<double[][]> answers = client.finishAll(pair.lockStep(plan, client, runSeed, shadows));
        assertThat(runs).noneMatch(FallbackRun::fallen);
        PlaintextTransformer plain =
            new PlaintextTransformer(sample.weights(), sample.embeddings());
        for (int i = 0; i < texts.size(); i++) {
          double[] expected = plain.runRows(texts.get(i).ids(), texts.get(i).segments())[0];
          assertThat(answers.get(i)[0])
              .as("seed %d, text %d", seed, i)
              .containsExactly(expected, within(1e-3));
        }
      } finally {
        runs.forEach(FallbackRun::close);
      }
    }
  }
}
