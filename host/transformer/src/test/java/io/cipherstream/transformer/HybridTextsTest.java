package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many texts in one inference, a feature a ciphertext: each answer is that of its text alone. */
@Tag("slow")
class HybridTextsTest {

  private static final CkksParameters SET = CkksParameters.N4096;

  static Stream<ModelShape> shapes() {
    return Stream.of(
        RandomModels.shape(2, 12, 3, 20, false, Pooling.MEAN, 0),
        RandomModels.shape(1, 12, 2, 9, false, Pooling.CLS, 3),
        RandomModels.shape(1, 8, 2, 9, false, Pooling.NONE, 4),
        RandomModels.withPooler(
            RandomModels.shape(1, 12, 2, 9, false, Pooling.CLS, 3), Pooler.TANH),
        RandomModels.relative(RandomModels.shape(1, 12, 2, 9, false, Pooling.CLS, 3)),
        RandomModels.withDense(RandomModels.shape(1, 12, 2, 9, false, Pooling.MEAN, 0), 7));
  }

  static InferencePlan plan(RandomModels.Sample sample) {
    return InferencePlan.of(
        sample.shape(), sample.ranges(), InferenceMode.HYBRID, HybridContext.wholeTokens(SET), SET);
  }

  static List<TokenSequence> texts(SplittableRandom random, int count) {
    List<TokenSequence> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(RandomModels.question(random, random.nextInt(1, 40)));
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void eachAnswerEqualsThePlaintextPass(ModelShape shape) {
    long seed = System.nanoTime();
    System.out.println("HybridTextsTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    RandomModels.Sample sample = RandomModels.sample(shape, random);
    InferencePlan plan = plan(sample);
    assertThat(plan.takesManyTexts()).isTrue();
    assertThat(plan.rotationLimbs()).isEmpty();
    List<TokenSequence> texts = texts(random, 7);
    PlaintextTransformer plain = new PlaintextTransformer(sample.weights(), sample.embeddings());
    try (Simulation simulation =
        Simulation.of(
            List.of(plan), sample.weights(), sample.embeddings(), ForkJoinPool.commonPool())) {
      List<double[][]> answers = simulation.runAll(texts);
      assertThat(answers).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        double[][] expected = plain.runRows(texts.get(i).ids(), texts.get(i).segments());
        assertThat(answers.get(i)).hasDimensions(expected.length, expected[0].length);
        for (int r = 0; r < expected.length; r++) {
          assertThat(answers.get(i)[r])
              .as("seed %d, text %d, row %d", seed, i, r)
              .containsExactly(expected[r], within(1e-9));
        }
      }
    }
  }

  @Test
  void moreTokensThanTheClassAndSeveralTextsInAnotherModeAreRefused() {
    RandomModels.Sample sample =
        RandomModels.sample(
            RandomModels.shape(1, 8, 2, 9, false, Pooling.CLS, 2), new SplittableRandom(1));
    TokenSequence longest = TokenSequence.of(new int[64]);
    List<TokenSequence> many = java.util.Collections.nCopies(65, longest);
    assertThatThrownBy(() -> new ClientRun(plan(sample), sample.embeddings(), many))
        .hasMessageContaining("4160 tokens")
        .hasMessageContaining("4096");
    RandomModels.Sample thex =
        RandomModels.sample(
            RandomModels.shape(1, 8, 2, 9, true, Pooling.CLS, 2), new SplittableRandom(1));
    InferencePlan paper =
        InferencePlan.of(
            thex.shape(), thex.ranges(), InferenceMode.PAPER, 16, CkksParameters.N8192);
    TokenSequence one = TokenSequence.of(new int[] {1});
    assertThatThrownBy(() -> new ClientRun(paper, thex.embeddings(), List.of(one, one)))
        .hasMessageContaining("2 texts in mode paper");
  }
}
