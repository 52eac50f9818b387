package io.cipherstream.workflow.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import io.cipherstream.workflow.hinge.HingeRange;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Precision;
import io.cipherstream.workflow.train.TrainingException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The miniature through all stages: what CI shows of a conversion. */
@Tag("slow")
@Tag("training")
class MiniatureIT {

  /** Fixed: what a training reaches depends on it, and this one breaks through. */
  private static final long SEED = 1;

  /** Examples of a training that is broken off and taken up again: some 20 steps a stage. */
  private static final int FEW = 2000;

  @TempDir private Path folder;

  private ConversionSettings settings(
      Path work, Recipe recipe, boolean polynomial, int training, int dev) {
    return new ConversionSettings(
        work,
        Miniature.source(SEED),
        Miniature.data(folder.resolve("data"), training, dev, SEED),
        recipe,
        null,
        polynomial,
        Pooling.CLS,
        HingeRange.DEFAULT,
        1.5,
        SEED,
        Precision.FLOAT32,
        1,
        1000,
        null);
  }

  /** Counts steps, and remembers which stages were done before. */
  private static final class Watch implements ConversionListener {
    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicInteger found = new AtomicInteger();
    private final Set<String> works = new LinkedHashSet<>();

    @Override
    public void stage(StageName stage, boolean done) {
      found.addAndGet(done ? 1 : 0);
    }

    @Override
    public void step(long step, long all, double loss, double secondsLeft, double heldOut) {
      steps.incrementAndGet();
    }

    @Override
    public void work(String what, double share) {
      works.add(what);
    }

    @Override
    public void variant(StageVariant variant) {
      System.out.println(variant.stage().title() + " " + variant.scores().get(0));
    }
  }

  @Test
  void everyStageBeatsWhatABagOfWordsCanDo() {
    ConversionSettings settings =
        settings(
            folder.resolve("work"), Miniature.recipe(), true, Miniature.TRAINING, Miniature.DEV);
    ConversionResult result = new Conversion(settings, new Watch(), () -> false).run();
    TaskData data = settings.data();
    TaskScores scores = new TaskScores(data.task().target(), SEED);
    int vocabulary = settings.source().embeddings().vocabulary();
    assertThat(scores.first(scores.majority(data.training(), data.dev()), data.dev()))
        .isEqualTo(0.5);
    assertThat(scores.first(scores.control(data.training(), data.dev(), vocabulary), data.dev()))
        .isEqualTo(0.5);
    assertThat(result.variants())
        .extracting(StageVariant::stage)
        .containsExactly(
            StageName.EXACT,
            StageName.ATTENTION,
            StageName.NORMS,
            StageName.THEX,
            StageName.POLYNOMIAL);
    for (StageVariant variant : result.variants()) {
      assertThat(variant.referenceError()).as("%s", variant.stage()).isLessThan(1e-5);
      assertThat(variant.scores().get(0).value())
          .as("%s", variant.stage())
          .isGreaterThan(variant.stage() == StageName.NORMS ? 0.6 : 0.9);
    }
    exportedPackageAnswersTheSame(result.of(StageName.THEX), settings.data());
    Watch again = new Watch();
    ConversionResult second = new Conversion(settings, again, () -> false).run();
    assertThat(again.steps.get()).isZero();
    assertThat(again.found.get()).isEqualTo(5);
    assertThat(second.of(StageName.POLYNOMIAL).answers())
        .isDeepEqualTo(result.of(StageName.POLYNOMIAL).answers());
  }

  private void exportedPackageAnswersTheSame(StageVariant variant, TaskData data) {
    ModelPackage written =
        ModelPackage.write(
            "agreement",
            variant.model(),
            Objects.requireNonNull(variant.ranges()),
            folder.resolve("package"));
    PlaintextTransformer plain = written.plaintext(PlaintextTransformer.Reciprocal.HINGES);
    List<Example> dev = data.dev();
    for (int i = 0; i < 100; i++) {
      double[] logits = plain.run(dev.get(i).ids());
      assertThat(logits[1] > logits[0] ? 1.0 : 0.0).isEqualTo(variant.answers()[i][0]);
    }
  }

  @Test
  void anInterruptedConversionEndsLikeAnUninterruptedOne() {
    Recipe brief = brief();
    ConversionResult whole =
        new Conversion(
                settings(folder.resolve("whole"), brief, true, FEW, FEW / 8),
                new Watch(),
                () -> false)
            .run();
    ConversionResult parts = null;
    int interruptions = 0;
    while (parts == null) {
      Watch watch = new Watch();
      try {
        parts =
            new Conversion(
                    settings(folder.resolve("parts"), brief, true, FEW, FEW / 8),
                    watch,
                    () -> watch.steps.get() == 25)
                .run();
      } catch (TrainingException e) {
        assertThat(e.kind()).isEqualTo(TrainingException.Kind.INTERRUPTED);
        interruptions++;
      }
    }
    assertThat(interruptions).isGreaterThanOrEqualTo(3);
    for (StageVariant variant : whole.variants()) {
      StageVariant other = parts.of(variant.stage());
      assertThat(other.ranges()).as("%s", variant.stage()).isEqualTo(variant.ranges());
      assertThat(other.answers()).isDeepEqualTo(variant.answers());
      assertThat(other.result().training().bestScore())
          .isEqualTo(variant.result().training().bestScore());
    }
  }

  @Test
  void otherOptionsInTheSameWorkFolderAreRefusedUntilRedone() {
    Path work = folder.resolve("work");
    Recipe brief = brief();
    new Conversion(settings(work, brief, false, FEW, FEW / 8), new Watch(), () -> false).run();
    StageRecipe thex = brief.of(StageName.THEX);
    Recipe other = brief.with(StageName.THEX, thex.withLearningRate(thex.learningRate() / 2));
    assertThatThrownBy(
            () ->
                new Conversion(settings(work, other, false, FEW, FEW / 8), new Watch(), () -> false)
                    .run())
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("stage thex")
        .hasMessageContaining("--redo thex");
    ConversionSettings plain = settings(work, other, false, FEW, FEW / 8);
    ConversionSettings redone =
        new ConversionSettings(
            work,
            plain.source(),
            plain.data(),
            other,
            null,
            false,
            Pooling.CLS,
            plain.hinges(),
            1.5,
            SEED,
            Precision.FLOAT32,
            1,
            1000,
            StageName.THEX);
    Watch watch = new Watch();
    new Conversion(redone, watch, () -> false).run();
    assertThat(watch.found.get()).isEqualTo(3);
  }

  private static Recipe brief() {
    Recipe recipe = Miniature.recipe();
    for (StageName stage : StageName.values()) {
      recipe = recipe.with(stage, recipe.of(stage).withEpochs(0.7));
    }
    return recipe;
  }

  @Test
  void aStudentIsTrainedOnTheLargeModelsLogits() {
    Recipe recipe = brief().with(StageName.STUDENT, brief().of(StageName.STUDENT).withEpochs(1));
    ConversionSettings plain = settings(folder.resolve("work"), recipe, false, FEW, FEW / 8);
    ConversionSettings student =
        new ConversionSettings(
            plain.work(),
            plain.source(),
            plain.data(),
            recipe,
            new StudentSize(1, 16, 2, 32),
            false,
            Pooling.CLS,
            plain.hinges(),
            1.5,
            SEED,
            Precision.FLOAT32,
            1,
            1000,
            null);
    Watch first = new Watch();
    ConversionResult result = new Conversion(student, first, () -> false).run();
    assertThat(first.works).contains("the teacher's logits", "the teacher's word features");
    Watch second = new Watch();
    ConversionResult again = new Conversion(student, second, () -> false).run();
    assertThat(second.works).isEmpty();
    assertThat(again.of(StageName.THEX).answers())
        .isDeepEqualTo(result.of(StageName.THEX).answers());
    assertThat(result.of(StageName.THEX).model().encoder().shape().width()).isEqualTo(16);
    assertThat(result.of(StageName.EXACT).model().encoder().shape().width()).isEqualTo(32);
    assertThat(result.of(StageName.THEX).referenceError()).isLessThan(1e-5);
  }
}
