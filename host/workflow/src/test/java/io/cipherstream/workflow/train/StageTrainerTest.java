package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("training")
class StageTrainerTest {

  private static final int VOCABULARY = 30;
  private static final Architecture SIZES =
      new Architecture(2, 16, 2, 32, 20, VOCABULARY, 2, Pooling.CLS, 2, 1e-6);

  @TempDir private Path folder;

  @BeforeAll
  static void oneThread() {
    TrainingThreads.set(1);
  }

  /** The class says whether the second word piece is below one half of the vocabulary. */
  private static List<Example> examples(int count, long seed) {
    Random random = new Random(seed);
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] ids = random.ints(2 + random.nextInt(8), 0, VOCABULARY).toArray();
      out.add(Example.of(ids, ids[1] < VOCABULARY / 2 ? 0 : 1));
    }
    out.add(Example.of(java.util.stream.IntStream.range(0, 20).toArray(), 0));
    out.add(Example.of(java.util.stream.IntStream.range(10, VOCABULARY).toArray(), 0));
    return out;
  }

  private static TrainingOptions options(double rate, int checkpointSeconds) {
    return TestOptions.of(4, 16, rate, Double.POSITIVE_INFINITY, 10, 1000, checkpointSeconds);
  }

  private static StageTrainer trainer(
      Parameters parameters, List<Example> examples, TrainingOptions options) {
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    return new StageTrainer(
        new StageTrainer.Subject(
            parameters,
            share -> Kinds.EXACT,
            name -> true,
            LossWeights.TASK,
            TaskLoss.classes(List.of(1.0, 1.0)),
            null,
            Kinds.EXACT,
            null),
        examples,
        vocabulary,
        options,
        p -> accuracy(p, examples, vocabulary));
  }

  private static double accuracy(
      Parameters parameters, List<Example> examples, VocabularyMap vocabulary) {
    double[][] outputs =
        new Predictor(parameters, Kinds.EXACT, vocabulary, Precision.FLOAT32).run(examples);
    int right = 0;
    for (int i = 0; i < outputs.length; i++) {
      int answer = outputs[i][1] > outputs[i][0] ? 1 : 0;
      right += answer == (int) examples.get(i).targets()[0] ? 1 : 0;
    }
    return (double) right / outputs.length;
  }

  private static List<float[]> values(Parameters parameters) {
    List<float[]> out = new ArrayList<>();
    parameters.each((name, tensor) -> out.add(Torch.array(tensor)));
    return out;
  }

  @Test
  void learnsWhatCanBeLearned() {
    List<Example> examples = examples(400, 3);
    Parameters parameters = Parameters.random(SIZES, 1);
    TrainingResult result =
        trainer(parameters, examples, options(5e-3, 1000))
            .run(folder, (s, n, l, left, h) -> {}, () -> false);
    assertThat(result.bestScore()).isGreaterThan(0.95);
    assertThat(result.steps()).isEqualTo(result.stepsPlanned());
    assertThat(result.curve()).isNotEmpty();
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    assertThat(accuracy(parameters, examples, vocabulary)).isEqualTo(result.bestScore());
  }

  @Test
  void interruptedAndResumedEndsWithTheSameBits() {
    List<Example> examples = examples(200, 4);
    Parameters whole = Parameters.random(SIZES, 2);
    TrainingResult straight =
        trainer(whole, examples, options(3e-3, 1000))
            .run(folder.resolve("whole"), (s, n, l, left, h) -> {}, () -> false);
    Parameters parts = Parameters.random(SIZES, 2);
    TrainingResult resumed = null;
    int interruptions = 0;
    while (resumed == null) {
      AtomicLong steps = new AtomicLong();
      // Each run begins with fresh weights: everything must come from the checkpoint.
      parts = Parameters.random(SIZES, 2);
      try {
        resumed =
            trainer(parts, examples, options(3e-3, 1000))
                .run(
                    folder.resolve("parts"),
                    (s, n, l, left, h) -> steps.incrementAndGet(),
                    () -> steps.get() == 17);
      } catch (TrainingException e) {
        assertThat(e.kind()).isEqualTo(TrainingException.Kind.INTERRUPTED);
        interruptions++;
      }
    }
    assertThat(interruptions).isEqualTo(3);
    assertThat(values(parts)).usingRecursiveComparison().isEqualTo(values(whole));
    assertThat(resumed.bestScore()).isEqualTo(straight.bestScore());
    assertThat(resumed.curve()).isEqualTo(straight.curve());
  }

  @Test
  void lossesThatAreNotFiniteStopAndLeaveTheLastGoodCheckpoint() throws IOException {
    List<Example> examples = examples(200, 5);
    Parameters parameters = Parameters.random(SIZES, 3);
    AtomicLong steps = new AtomicLong();
    assertThatThrownBy(
            () ->
                trainer(parameters, examples, options(1e-3, 1000))
                    .run(folder, (s, n, l, left, h) -> steps.set(s), () -> steps.get() == 5))
        .isInstanceOf(TrainingException.class);
    byte[] before = Files.readAllBytes(only().resolve("state.pt"));
    List<Example> poisoned = new ArrayList<>(examples);
    poisoned.replaceAll(e -> new Example(e.ids(), e.segments(), new double[] {0}));
    StageTrainer bad =
        new StageTrainer(
            new StageTrainer.Subject(
                Parameters.random(SIZES, 3),
                share -> Kinds.EXACT,
                name -> true,
                LossWeights.TASK,
                TaskLoss.classes(List.of(Double.NaN, 1.0)),
                null,
                Kinds.EXACT,
                null),
            poisoned,
            VocabularyMap.of(List.of(examples), VOCABULARY),
            TestOptions.of(40, 16, 1e-3),
            p -> 0);
    assertThatThrownBy(() -> bad.run(folder, (s, n, l, left, h) -> {}, () -> false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("not finite for 50 steps")
        .hasMessageContaining("0.001")
        .extracting(e -> ((TrainingException) e).kind())
        .isEqualTo(TrainingException.Kind.DIVERGED);
    assertThat(Files.readAllBytes(only().resolve("state.pt"))).isEqualTo(before);
  }

  private Path only() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> String.valueOf(f.getFileName()).startsWith("checkpoint-"))
          .reduce(
              (a, b) -> {
                throw new AssertionError("two checkpoints: " + a + ", " + b);
              })
          .orElseThrow();
    }
  }

  @Test
  void aCheckpointThatCannotBeReadIsNamed() throws IOException {
    List<Example> examples = examples(50, 6);
    AtomicLong steps = new AtomicLong();
    assertThatThrownBy(
            () ->
                trainer(Parameters.random(SIZES, 3), examples, options(1e-3, 1000))
                    .run(folder, (s, n, l, left, h) -> steps.set(s), () -> steps.get() == 2))
        .isInstanceOf(TrainingException.class);
    Files.write(only().resolve("state.pt"), new byte[] {1, 2, 3});
    assertThatThrownBy(
            () ->
                trainer(Parameters.random(SIZES, 3), examples, options(1e-3, 1000))
                    .run(folder, (s, n, l, left, h) -> {}, () -> false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(folder.toString())
        .extracting(e -> ((TrainingException) e).kind())
        .isEqualTo(TrainingException.Kind.CHECKPOINT);
  }

  @Test
  void spikesAreLeftOutAndALastingRiseIsTrainedAgain() {
    List<Example> examples = examples(200, 9);
    TrainingResult all =
        trainer(
                Parameters.random(SIZES, 3),
                examples,
                TestOptions.of(10, 16, 1e-3, Double.POSITIVE_INFINITY, 1000, 1000, 1000))
            .run(folder, (s, n, l, left, h) -> {}, () -> false);
    assertThat(all.skippedSteps()).isZero();
    TrainingResult some =
        trainer(
                Parameters.random(SIZES, 3),
                examples,
                TestOptions.of(10, 16, 1e-3, 1.001, 1000, 1000, 1000))
            .run(folder, (s, n, l, left, h) -> {}, () -> false);
    assertThat(some.steps()).isEqualTo(some.stepsPlanned());
    assertThat(some.skippedSteps()).isBetween(1L, some.steps() - 2);
  }

  @Test
  void patienceEndsAStageEarlyWithTheBestWeights() {
    List<Example> examples = examples(200, 8);
    Parameters parameters = Parameters.random(SIZES, 4);
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    AtomicLong looks = new AtomicLong();
    TrainingOptions impatient = TestOptions.of(50, 16, 3e-3, Double.POSITIVE_INFINITY, 5, 3, 1000);
    List<List<float[]>> seen = new ArrayList<>();
    StageTrainer trainer =
        new StageTrainer(
            new StageTrainer.Subject(
                parameters,
                share -> Kinds.EXACT,
                name -> true,
                LossWeights.TASK,
                TaskLoss.classes(List.of(1.0, 1.0)),
                null,
                Kinds.EXACT,
                null),
            examples,
            vocabulary,
            impatient,
            p -> {
              seen.add(values(p));
              return looks.incrementAndGet() == 2 ? 1 : 0;
            });
    TrainingResult result = trainer.run(folder, (s, n, l, left, h) -> {}, () -> false);
    assertThat(result.endedEarly()).isTrue();
    assertThat(result.steps()).isEqualTo(20);
    assertThat(result.bestStep()).isEqualTo(10);
    assertThat(values(parameters)).usingRecursiveComparison().isEqualTo(seen.get(1));
  }

  @Test
  void optionsOutsideTheirRangesAreRefused() {
    assertThatThrownBy(() -> options(0, 10))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("learning rate 0.0");
    assertThatThrownBy(() -> Precision.parse("half"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("auto, float32 or bfloat16");
  }
}
