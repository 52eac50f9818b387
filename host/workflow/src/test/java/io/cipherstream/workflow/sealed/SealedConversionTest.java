package io.cipherstream.workflow.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.QuantityRange;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.ExactTeacher;
import io.cipherstream.workflow.convert.Miniature;
import io.cipherstream.workflow.convert.SmallSettings;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.convert.StageVariant;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Hardening;
import io.cipherstream.workflow.train.RangeLimits;
import io.cipherstream.workflow.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a teacher to a package, short of learning anything: the whole way in seconds. */
@Tag("training")
class SealedConversionTest {

  private static final long SEED = 1;

  @TempDir private Path folder;

  private SealedSettings settings(double rate, String... specs) {
    ConversionSettings teacher =
        SmallSettings.of(
            folder.resolve("work"),
            Miniature.source(SEED),
            Miniature.data(folder.resolve("data"), 400, 60, SEED),
            SmallSettings.recipe(0.5, 1e-3),
            Pooling.CLS,
            SEED);
    Hardening hard = new Hardening(0.05, RangeLimits.HARDENED, 40, 30);
    return new SealedSettings(
        teacher,
        new SealedRecipe(
            List.of(
                new SealedRecipe.Phase("train", 1, rate, hard),
                new SealedRecipe.Phase("harden", 0.5, rate, hard)),
            32,
            0,
            100,
            60,
            30,
            2),
        new StudentSize(2, 16, 2, 32),
        Stream.of(specs).map(SealedSpec::parse).toList(),
        List.of(5L, 6L),
        List.of(),
        null,
        0.02);
  }

  /** Notes what happens. */
  private static final class Watch implements SealedListener {
    private final List<String> phases = new ArrayList<>();
    private final List<SealedTrial> trials = new ArrayList<>();
    private int steps;

    @Override
    public void stage(StageName stage, boolean done) {
      phases.add(stage + (done ? " found" : ""));
    }

    @Override
    public void teacher(ExactTeacher teacher) {
      phases.add("teacher");
    }

    @Override
    public void phase(SealedSpec spec, long seed, String name) {
      phases.add(spec + " " + seed + " " + name);
    }

    @Override
    public void trial(SealedTrial trial) {
      trials.add(trial);
    }

    @Override
    public void step(long step, long all, double loss, double secondsLeft, double heldOut) {
      steps++;
    }

    @Override
    public void work(String what, double share) {}

    @Override
    public void variant(StageVariant variant) {}
  }

  @Test
  void aStartThatDoesNotFitIsRefusedBeforeTheTeacherIsTrained() {
    SealedSettings s = settings(1e-3, "AA");
    ImportedModel unconverted = Miniature.source(SEED);
    SealedSettings started =
        new SealedSettings(
            s.teacher(),
            s.recipe(),
            s.size(),
            s.specs(),
            s.seeds(),
            s.activations(),
            unconverted,
            s.budget());
    Watch watch = new Watch();
    assertThatThrownBy(() -> new SealedConversion(started, watch, () -> false).run())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("expected a converted model");
    assertThat(watch.phases).isEmpty();
  }

  @Test
  void everySpecAndSeedIsTrainedAndTheChosenOneIsPacked() {
    SealedSettings settings = settings(1e-3, "CQ", "CS-kan4");
    Watch watch = new Watch();
    SealedChoice choice = new SealedConversion(settings, watch, () -> false).run();
    assertThat(watch.phases)
        .containsExactly(
            "EXACT",
            "teacher",
            "CQ 5 train",
            "CQ 5 harden",
            "CQ 6 train",
            "CQ 6 harden",
            "CS-kan4 5 train",
            "CS-kan4 5 harden",
            "CS-kan4 6 train",
            "CS-kan4 6 harden");
    assertThat(choice.trials()).hasSize(4).isEqualTo(watch.trials);

    SealedPacking packing = new SealedPacking(settings);
    for (int i : new int[] {0, 2}) {
      SealedTrial trial = choice.trials().get(i);
      String name = "own" + i;
      packing.write(name, trial, folder.resolve("models").resolve(name));
      SealedPackage read =
          SealedPackage.of(new ModelRepository(List.of(folder.resolve("models"))).find(name));
      assertThat(read.manifest().certificate() != null).isEqualTo(i == 0);
      assertThat(read.manifest().sentinels().isEmpty()).isEqualTo(i == 0);
      assertThat(read.manifest().fits())
          .as("what each layer's functions began as")
          .extracting(fit -> fit.module() + " " + fit.degree() + " " + fit.functions())
          .isEqualTo(
              i == 0 ? List.of("quadratic 2 32") : List.of("softplus 2 512", "softplus 4 512"));
      assertThat(read.manifest().ranges())
          .extracting(QuantityRange::quantity)
          .contains(Quantity.LOGIT, Quantity.SCORE, Quantity.PRE_ACTIVATION);
      for (Example example : settings.teacher().data().dev().subList(0, 5)) {
        assertThat(read.plaintext().run(read.files().client().embeddings(), example.ids()))
            .containsExactly(
                new SealedPass(trial.encoder()).run(trial.embeddings(), example.ids()));
      }
    }

    Watch again = new Watch();
    SealedChoice found = new SealedConversion(settings, again, () -> false).run();
    assertThat(again.steps).isZero();
    assertThat(again.phases).containsExactly("EXACT found", "teacher");
    assertThat(found.kept().phases())
        .as("the course of each phase is kept")
        .isEqualTo(choice.kept().phases())
        .allMatch(c -> c.training() != null && !c.training().curve().isEmpty());
    double[][] x = found.kept().embeddings().embed(settings.teacher().data().dev().get(0).ids());
    assertThat(new SealedPass(found.kept().encoder()).run(x))
        .containsExactly(new SealedPass(choice.kept().encoder()).run(x));
    SealedSettings other = settings(2e-3, "CQ", "CS-kan4");
    assertThatThrownBy(() -> new SealedConversion(other, again, () -> false).run())
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("was made with other options");
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> settings(1e-3, "CS", "CQ"))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("expected few levels first");
    assertThatThrownBy(() -> settings(1e-3))
        .isInstanceOf(ConversionException.class)
        .hasMessageContaining("0 specs");
  }

  /** What {@code convert --sealed --spec auto} tries; CP and CS have equally many levels. */
  @Test
  void allSpecsMayBeTriedInOneSearch() {
    String[] all =
        SealedSpec.FROM_CHEAP_TO_DEEP.stream().map(SealedSpec::toString).toArray(String[]::new);
    assertThat(SealedSpec.FROM_CHEAP_TO_DEEP.stream().map(SealedSpec::levels).distinct())
        .as("some specs are equally deep")
        .hasSizeLessThan(all.length);
    assertThat(settings(1e-3, all).specs()).isEqualTo(SealedSpec.FROM_CHEAP_TO_DEEP);
  }
}
