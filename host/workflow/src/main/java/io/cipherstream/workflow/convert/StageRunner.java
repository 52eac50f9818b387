package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Kinds;
import io.cipherstream.workflow.train.LossWeights;
import io.cipherstream.workflow.train.NormRegression;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.PowerRegression;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.SoftTargets;
import io.cipherstream.workflow.train.StageTrainer;
import io.cipherstream.workflow.train.TaskLoss;
import io.cipherstream.workflow.train.TrainingOptions;
import io.cipherstream.workflow.train.TrainingResult;
import io.cipherstream.workflow.train.VocabularyMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Runs one stage, or reads the result of an earlier run. */
final class StageRunner {

  private static final double WEIGHT_DECAY = 0.01;
  private static final double WARMUP = 0.06;
  private static final double CLIP = 1;

  /** Held-out scores per stage. */
  static final int EVALUATIONS = 16;

  /** Most examples of a held-out score. */
  private static final int HELD_OUT_MAX = 2000;

  /** Share of the schedule after which the polynomial variant is wholly polynomial. */
  private static final double POLYNOMIAL_RAMP = 0.7;

  /**
   * Held-out scores taken while the polynomial share still rises do not predict the final model, so
   * this stage has no early stopping.
   */
  private static final int UNENDING = 1_000_000_000;

  /**
   * A step whose loss exceeds this multiple of the smoothed loss is skipped (polynomial stage
   * only).
   */
  private static final double POLYNOMIAL_SPIKE = 4;

  private final ConversionSettings settings;
  private final VocabularyMap vocabulary;
  private final ConversionListener listener;
  private final BooleanSupplier stop;
  private final TaskScores scores;

  StageRunner(
      ConversionSettings settings,
      VocabularyMap vocabulary,
      ConversionListener listener,
      BooleanSupplier stop) {
    this.settings = settings;
    this.vocabulary = vocabulary;
    this.listener = listener;
    this.stop = stop;
    this.scores = new TaskScores(settings.data().task().target(), settings.seed());
  }

  /**
   * A stage's inputs.
   *
   * @param parameters changed to the stage's result
   * @param teacher whose hidden states, norms and logits are matched, or null
   * @param soft logits to use instead of the teacher's, or null
   * @param examples to train on
   * @param batch examples per step
   * @param before fingerprint of what comes before
   */
  record Input(
      Parameters parameters,
      @Nullable Parameters teacher,
      Kinds teacherKinds,
      @Nullable SoftTargets soft,
      List<Example> examples,
      StageRecipe recipe,
      int batch,
      String before) {}

  /** Trains the stage. */
  StageResult run(StageName stage, Input input) {
    StageRecipe recipe = input.recipe();
    String fingerprint =
        new Fingerprint()
            .add(input.before(), stage, recipe, input.batch(), settings.precision().resolved())
            .add(settings.recipe().patience())
            .add(input.soft() != null, input.examples().size())
            .hex();
    StageStore store = new StageStore(settings.work(), stage);
    StageResult done = store.result(fingerprint);
    listener.stage(stage, done != null);
    if (done != null) {
      store.read(input.parameters());
      return done;
    }
    store.begin(fingerprint);
    long start = System.nanoTime();
    List<Double> unexplained = stage == StageName.NORMS ? norms(input) : List.of();
    if (stage == StageName.POLYNOMIAL) {
      power(input);
    }
    double before = (System.nanoTime() - start) / 1e9;
    TrainingResult training = recipe.epochs() > 0 ? train(stage, input, store) : null;
    double seconds = before + (training == null ? 0 : training.seconds());
    StageResult result =
        new StageResult(stage, fingerprint, training, recipe, input.batch(), unexplained, seconds);
    store.write(input.parameters(), result);
    return result;
  }

  private void power(Input input) {
    PowerRegression.fit(
        input.parameters(),
        StageName.THEX.kinds(),
        settings.data().regressionExamples(),
        vocabulary,
        share -> listener.work("regression of the power attention", share));
  }

  private List<Double> norms(Input input) {
    return NormRegression.fit(
        input.parameters(),
        StageName.ATTENTION.kinds(),
        settings.data().regressionExamples(),
        vocabulary,
        share -> listener.work("regression of the norms", share));
  }

  private TrainingResult train(StageName stage, Input input, StageStore store) {
    StageRecipe recipe = input.recipe();
    int perEpoch = (input.examples().size() + input.batch() - 1) / input.batch();
    long steps = Math.max(1, Math.round(recipe.epochs() * perEpoch));
    TrainingOptions options =
        new TrainingOptions(
            recipe.epochs(),
            input.batch(),
            recipe.learningRate(),
            WEIGHT_DECAY,
            WARMUP,
            CLIP,
            stage == StageName.POLYNOMIAL ? POLYNOMIAL_SPIKE : Double.POSITIVE_INFINITY,
            (int) Math.max(1, steps / EVALUATIONS),
            stage == StageName.POLYNOMIAL ? UNENDING : settings.recipe().patience(),
            settings.checkpointSeconds(),
            settings.seed(),
            settings.precision());
    StageTrainer.Subject subject =
        new StageTrainer.Subject(
            input.parameters(),
            kinds(stage),
            trainable(stage, input.soft() != null),
            weights(input),
            loss(),
            input.teacher(),
            input.teacherKinds(),
            input.soft());
    return new StageTrainer(subject, input.examples(), vocabulary, options, heldOut(stage))
        .run(store.folder(), listener::step, stop);
  }

  /**
   * A student's word vectors stay as {@link io.cipherstream.workflow.train.StudentModel} made them.
   * If they were trained one by one, those in the training texts would drift away from all others.
   */
  private static Predicate<String> trainable(StageName stage, boolean student) {
    if (stage == StageName.NORMS) {
      return name -> name.contains("LayerNorm") && name.contains("encoder");
    }
    return name ->
        (stage.kinds().power() || !name.contains(".power."))
            && !(student && name.contains("word_embeddings"));
  }

  /** Made-up texts have no targets of their own. */
  private static LossWeights weights(Input input) {
    LossWeights w = input.recipe().weights();
    return input.soft() == null
        ? w
        : new LossWeights(
            0,
            w.logits(),
            input.teacher() == null ? 0 : w.hidden(),
            input.teacher() == null ? 0 : w.norms(),
            w.penalty(),
            w.scoreBound(),
            w.activationBound());
  }

  private static DoubleFunction<Kinds> kinds(StageName stage) {
    if (stage != StageName.POLYNOMIAL) {
      return share -> stage.kinds();
    }
    return share -> Kinds.towardsPolynomial(Math.min(1, share / POLYNOMIAL_RAMP));
  }

  private TaskLoss loss() {
    return settings.data().task().target() instanceof Target.Labelled labelled
        ? TaskLoss.classes(labelled.weights())
        : TaskLoss.value(settings.data().variance());
  }

  private ToDoubleFunction<Parameters> heldOut(StageName stage) {
    List<Example> examples = TaskData.sample(settings.data().heldOut(), HELD_OUT_MAX);
    return parameters -> {
      double[][] outputs =
          new Predictor(parameters, stage.kinds(), vocabulary, settings.precision()).run(examples);
      return scores.first(scores.answers(outputs, examples), examples);
    };
  }
}
