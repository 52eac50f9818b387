package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.PlaintextTransformer.Reciprocal;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packed program on plain slots equals the plaintext forward pass, for any shape. */
@Tag("slow")
class SimulationPropertyTest {

  private static final double TOLERANCE = 1e-9;

  static Stream<ModelShape> shapes() {
    return Stream.of(
        RandomModels.shape(1, 96, 3, 100, false, Pooling.CLS, 5),
        RandomModels.shape(1, 96, 3, 100, true, Pooling.MEAN, 5),
        RandomModels.shape(2, 128, 2, 512, true, Pooling.CLS, 2),
        RandomModels.shape(2, 128, 2, 512, false, Pooling.MEAN, 2),
        RandomModels.shape(1, 384, 12, 640, true, Pooling.MEAN, 2),
        RandomModels.shape(1, 384, 12, 640, false, Pooling.MEAN, 0),
        RandomModels.shape(1, 40, 5, 33, true, Pooling.CLS, 3),
        RandomModels.shape(1, 21, 7, 300, false, Pooling.MEAN, 0),
        RandomModels.withPooler(
            RandomModels.shape(1, 40, 5, 33, false, Pooling.CLS, 3), Pooler.TANH),
        RandomModels.withPooler(
            RandomModels.shape(1, 300, 4, 33, true, Pooling.MEAN, 3), Pooler.RELU),
        RandomModels.shape(1, 7, 1, 1, true, Pooling.MEAN, 1),
        RandomModels.shape(1, 300, 5, 70, false, Pooling.CLS, 150),
        RandomModels.shape(1, 96, 3, 100, false, Pooling.NONE, 9),
        RandomModels.shape(2, 40, 5, 33, true, Pooling.NONE, 1),
        RandomModels.shape(1, 300, 5, 70, true, Pooling.NONE, 150),
        RandomModels.withValue(RandomModels.shape(1, 40, 5, 33, true, Pooling.CLS, 0)),
        RandomModels.withValue(RandomModels.shape(1, 96, 3, 100, false, Pooling.MEAN, 0)),
        RandomModels.withPooler(
            RandomModels.withValue(RandomModels.shape(1, 24, 2, 33, true, Pooling.CLS, 0)),
            Pooler.RELU),
        RandomModels.withPooler(
            RandomModels.withValue(RandomModels.shape(1, 24, 2, 33, false, Pooling.CLS, 0)),
            Pooler.GELU));
  }

  private static CkksParameters set(InferenceMode mode) {
    return mode == InferenceMode.HYBRID ? CkksParameters.N4096 : CkksParameters.N8192;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsThePlaintextPass(ModelShape shape) {
    long seed = System.nanoTime();
    System.out.println("SimulationPropertyTest seed " + seed + " width " + shape.width());
    SplittableRandom random = new SplittableRandom(seed);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    for (InferenceMode mode : InferenceMode.supportedBy(shape)) {
      PlaintextTransformer plain =
          new PlaintextTransformer(
              sample.weights(),
              sample.embeddings(),
              mode == InferenceMode.COMPACT ? Reciprocal.EXACT : Reciprocal.HINGES);
      List<InferencePlan> plans = InferencePlan.all(shape, sample.ranges(), mode, set(mode));
      try (Simulation simulation =
          Simulation.of(plans, sample.weights(), sample.embeddings(), ForkJoinPool.commonPool())) {
        for (int tokens : new int[] {1, 3, 16, 17, 31, 32, 33, 64}) {
          if (tokens > plans.get(plans.size() - 1).tokenClass()) {
            continue;
          }
          TokenSequence question = RandomModels.question(random, tokens);
          double[][] rows = simulation.runRows(mode, question);
          double[][] expected = plain.runRows(question.ids(), question.segments());
          assertThat(rows).hasDimensions(shape.outputRows(tokens), shape.outputs());
          for (int row = 0; row < rows.length; row++) {
            assertThat(rows[row])
                .as("seed %d, %s, %d tokens, row %d", seed, mode, tokens, row)
                .containsExactly(expected[row], within(TOLERANCE));
          }
        }
      }
    }
  }

  /** Kernel values of a few millionths: 1/g must not leave its scale, nor T(s) its accuracy. */
  @Test
  void rowSumsNearAndAtZeroEqualThePlaintextPass() {
    long seed = System.nanoTime();
    System.out.println("SimulationPropertyTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    ModelShape shape = RandomModels.shape(1, 40, 5, 33, true, Pooling.CLS, 3);
    for (double score : new double[] {-1.97, -1.9999, -2, -5}) {
      RandomModels.Sample sample =
          RandomModels.withConstantScores(RandomModels.sample(shape, random), score);
      for (InferenceMode mode : InferenceMode.supportedBy(shape)) {
        PlaintextTransformer plain =
            new PlaintextTransformer(
                sample.weights(),
                sample.embeddings(),
                mode == InferenceMode.COMPACT ? Reciprocal.EXACT : Reciprocal.HINGES);
        List<InferencePlan> plans =
            InferencePlan.all(shape, sample.ranges(), mode, CkksParameters.N8192);
        try (Simulation simulation =
            Simulation.of(
                plans, sample.weights(), sample.embeddings(), ForkJoinPool.commonPool())) {
          int[] ids = RandomModels.sentence(random, 16);
          assertThat(simulation.run(mode, ids))
              .as("seed %d, %s, score %s", seed, mode, score)
              .containsExactly(plain.run(ids), within(TOLERANCE));
        }
      }
    }
  }
}
