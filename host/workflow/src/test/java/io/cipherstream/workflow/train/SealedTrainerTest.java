package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("training")
class SealedTrainerTest {

  private static final int VOCABULARY = 30;
  private static final SealedSpec CQ = SealedSpec.parse("CQ");
  private static final List<StartFunction> FUNCTIONS = List.of(StartFunction.of(null, 2));
  private static final Architecture SIZES =
      new Architecture(2, 16, 2, 32, 12, VOCABULARY, 1, Pooling.CLS, 2, 1e-6);
  private static final SealedTexts TEXTS = new SealedTexts(VOCABULARY, 0, 1, 12);
  private static final VocabularyMap ALL = VocabularyMap.all(VOCABULARY);
  private static final Hardening HARD = new Hardening(0.05, RangeLimits.TRAINING, 10, 30);

  @TempDir private Path folder;

  @BeforeAll
  static void oneThread() {
    TrainingThreads.set(1);
  }

  /** The class says whether piece 7 stands beside a larger one; a window sees that, a bag not. */
  private static List<Example> examples(int count, long seed) {
    Random random = new Random(seed);
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] ids = random.ints(5 + random.nextInt(6), 3, VOCABULARY).toArray();
      ids[0] = 0;
      ids[ids.length - 1] = 1;
      int at = 1 + random.nextInt(ids.length - 3);
      ids[at] = 7;
      out.add(Example.of(ids, ids[at + 1] < VOCABULARY / 2 ? 0 : 1));
    }
    return out;
  }

  private static SoftTargets surely(List<Example> examples) {
    float[] logits = new float[2 * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      logits[2 * i + (int) examples.get(i).targets()[0]] = 4;
    }
    return new SoftTargets(2, 2, logits);
  }

  private static SealedTrainer trainer(Parameters parameters, List<Example> examples) {
    return new SealedTrainer(
        CQ,
        parameters,
        new SealedTrainer.Teaching(TaskLoss.classes(List.of(1.0, 1.0)), true, surely(examples), 2),
        TEXTS);
  }

  private static double accuracy(Parameters parameters, List<Example> examples) {
    double[][] outputs = Predictor.sealed(parameters, CQ, ALL).run(examples);
    int right = 0;
    for (int i = 0; i < outputs.length; i++) {
      right += (outputs[i][1] > outputs[i][0] ? 1 : 0) == examples.get(i).targets()[0] ? 1 : 0;
    }
    return (double) right / outputs.length;
  }

  private static double worst(Parameters parameters, int[][] texts) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      SealedTrace trace = new SealedTrace();
      new SealedForward(parameters, CQ).run(SealedAdversary.batch(texts), trace);
      return Arrays.stream(Torch.doubleArray(trace.badness(RangeLimits.TRAINING)))
          .max()
          .orElseThrow();
    }
  }

  private Parameters trained(double epochs, Hardening hardening, String name) {
    List<Example> examples = examples(600, 3);
    Parameters parameters = SealedParameters.random(CQ, FUNCTIONS, SIZES, 1);
    TrainingResult result =
        trainer(parameters, examples)
            .run(
                examples,
                hardening,
                TestOptions.of(epochs, 16, 5e-3, Double.POSITIVE_INFINITY, 50, 1000, 1000),
                p -> accuracy(p, examples),
                folder.resolve(name),
                (s, n, l, left, h) -> {},
                () -> false);
    assertThat(result.bestStep()).as("the last step's weights are kept").isEqualTo(result.steps());
    assertThat(result.bestScore())
        .isEqualTo(result.curve().get(result.curve().size() - 1).heldOut());
    assertThat(result.steps()).isGreaterThan(100);
    return parameters;
  }

  /** A bag of pieces, which a penalty alone would leave, is right on half of the examples. */
  @Test
  void learnsWhatAWindowSeesAndStaysInRangeWhereNobodyWrites() {
    Parameters hard = trained(10, HARD, "hard");
    Parameters soft = trained(10, new Hardening(0, RangeLimits.TRAINING, 10, 0), "soft");
    assertThat(accuracy(hard, examples(300, 9))).isGreaterThan(0.9);
    int[][] start = TEXTS.random(4, new Random(5));
    SealedAdversary adversary = new SealedAdversary(soft, CQ, TEXTS, RangeLimits.TRAINING);
    int[][] found = adversary.worse(start, 8);
    assertThat(worst(soft, found)).isGreaterThan(worst(soft, start));
    assertThat(Arrays.asList(found)).allMatch(ids -> ids[0] == 0 && ids[ids.length - 1] == 1);
    List<int[][]> repeated = adversary.repeated(VOCABULARY, new Random(6));
    assertThat(repeated).hasSize(3);
    double most = repeated.stream().mapToDouble(texts -> worst(soft, texts)).max().orElseThrow();
    for (int piece = 0; piece < VOCABULARY; piece++) {
      assertThat(worst(soft, new int[][] {TEXTS.repeated(piece, 4)})).isLessThanOrEqualTo(most);
    }
    double hardest =
        new SealedAdversary(hard, CQ, TEXTS, RangeLimits.TRAINING)
            .repeated(VOCABULARY, new Random(6)).stream()
                .mapToDouble(texts -> worst(hard, texts))
                .max()
                .orElseThrow();
    assertThat(hardest).isLessThan(most);
  }

  @Test
  void interruptedAndResumedEndsWithTheSameBits() {
    List<Example> examples = examples(240, 4);
    TrainingOptions options =
        TestOptions.of(16, 16, 5e-3, Double.POSITIVE_INFINITY, 20, 1000, 1000);
    Parameters whole = SealedParameters.random(CQ, FUNCTIONS, SIZES, 2);
    trainer(whole, examples)
        .run(
            examples,
            HARD,
            options,
            p -> 0,
            folder.resolve("a"),
            (s, n, l, left, h) -> {},
            () -> false);
    Parameters parts = whole;
    boolean done = false;
    int interruptions = 0;
    while (!done) {
      AtomicLong steps = new AtomicLong();
      parts = SealedParameters.random(CQ, FUNCTIONS, SIZES, 2);
      try {
        trainer(parts, examples)
            .run(
                examples,
                HARD,
                options,
                p -> 0,
                folder.resolve("b"),
                (s, n, l, left, h) -> steps.incrementAndGet(),
                () -> steps.get() == 107);
        done = true;
      } catch (TrainingException e) {
        assertThat(e.kind()).isEqualTo(TrainingException.Kind.INTERRUPTED);
        interruptions++;
      }
    }
    assertThat(interruptions).isEqualTo(2);
    List<float[]> expected = values(whole);
    assertThat(values(parts)).usingRecursiveComparison().isEqualTo(expected);
  }

  private static List<float[]> values(Parameters parameters) {
    List<float[]> out = new ArrayList<>();
    parameters.each((name, tensor) -> out.add(Torch.array(tensor)));
    return out;
  }

  @Test
  void aWordTableWithoutAllPiecesIsRefused() {
    Parameters small = SealedParameters.random(CQ, FUNCTIONS, SIZES.withVocabulary(20), 1);
    assertThatThrownBy(() -> trainer(small, examples(4, 1)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("odd texts need all of them");
  }
}
