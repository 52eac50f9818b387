package io.cipherstream.workflow.convert;

import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Ranges;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Kinds;
import io.cipherstream.workflow.train.ModelWeights;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.Precision;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.SoftTargets;
import io.cipherstream.workflow.train.TrainingException;
import io.cipherstream.workflow.train.TrainingThreads;
import io.cipherstream.workflow.train.VocabularyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A whole conversion: fine-tune, replace, distil, calibrate. Run again with the same settings, it
 * resumes. Use one thread and one conversion per process, since PyTorch's threads and precision are
 * global to the process.
 */
public final class Conversion {

  private final ConversionSettings settings;
  private final ConversionListener listener;
  private final BooleanSupplier stop;
  private final TaskScores scores;
  private final VocabularyMap vocabulary;
  private final StageRunner runner;
  private final ModelExport export;
  private final StudentStage student;
  private final List<StageVariant> variants = new ArrayList<>();

  /**
   * @param stop asked after each step; if true, a checkpoint is written and the run ends
   * @throws ConversionException if something in the source is already replaced
   */
  public Conversion(
      ConversionSettings settings, ConversionListener listener, BooleanSupplier stop) {
    ModelShape shape = settings.source().encoder().shape();
    if (shape.attention() != AttentionKind.SOFTMAX || shape.norm() != NormKind.FULL) {
      throw new ConversionException(
          "the source has attention "
              + shape.attention().text()
              + " and norms "
              + shape.norm().text()
              + ": expected an exact model, with softmax and full norms");
    }
    this.settings = settings;
    this.listener = listener;
    this.stop = stop;
    this.scores = new TaskScores(settings.data().task().target(), settings.seed());
    this.vocabulary =
        VocabularyMap.of(
            List.of(
                settings.data().training(),
                settings.data().heldOut(),
                settings.data().dev(),
                List.of(Example.of(new int[] {StudentStage.mask(settings)}, 0))),
            shape.vocabulary());
    this.runner = new StageRunner(settings, vocabulary, listener, stop);
    this.export = new ModelExport(settings, vocabulary);
    this.student = new StudentStage(settings, vocabulary, runner, export, listener);
  }

  /**
   * Runs all stages.
   *
   * @throws ConversionException if the work folder holds another conversion, or a file cannot be
   *     read or written
   * @throws io.cipherstream.workflow.train.TrainingException as {@code StageTrainer#run}
   */
  public ConversionResult run() {
    TrainingThreads.set(settings.threads());
    redo();
    TaskData data = settings.data();
    Recipe recipe = settings.recipe();
    Parameters exact = exact();
    StageResult result = fineTune(exact);
    FloatTable words = settings.source().embeddings().words();
    export(StageName.EXACT, exact, result, words);
    Base base = new Base(exact, words, data.training(), null, recipe, recipe.batch());
    if (settings.student() != null) {
      base = student(base, result);
    }
    HingeFit t = HingeFit.fit(settings.hinges());
    convert(base, t, last());
    return new ConversionResult(variants, t);
  }

  /**
   * Runs only the first stage, the exact model, as a teacher of another kind of student.
   *
   * @throws ConversionException as {@link #run}
   */
  public ExactTeacher teacher() {
    TrainingThreads.set(settings.threads());
    Parameters exact = exact();
    return new ExactTeacher(student, exact, fineTune(exact));
  }

  private StageResult fineTune(Parameters exact) {
    TaskData data = settings.data();
    Recipe recipe = settings.recipe();
    String start =
        new Fingerprint()
            .add(
                settings.source().source().sha256(),
                data.labels(),
                settings.pooling(),
                settings.seed())
            .add(data.training())
            .add(data.heldOut())
            .hex();
    StageRecipe first = recipe.of(StageName.EXACT);
    return runner.run(
        StageName.EXACT,
        new StageRunner.Input(
            exact, null, Kinds.EXACT, null, data.training(), first, recipe.batch(), start));
  }

  private String last() {
    return variants.get(variants.size() - 1).result().fingerprint();
  }

  private void redo() {
    StageName from = settings.redo();
    if (from != null) {
      for (StageName stage : StageName.values()) {
        if (stage.ordinal() >= from.ordinal()) {
          new StageStore(settings.work(), stage).clear();
        }
      }
    }
  }

  private Parameters exact() {
    ImportedModel source = settings.source();
    ModelShape shape = source.encoder().shape();
    Architecture architecture =
        new Architecture(
            shape.layers(),
            shape.width(),
            shape.heads(),
            shape.ffnWidth(),
            shape.positions(),
            vocabulary.size(),
            source.embeddings().segments(),
            settings.pooling(),
            settings.data().task().target().outputs(),
            shape.layerNormEpsilon());
    return ModelWeights.read(
        source.encoder(), source.embeddings(), vocabulary, architecture, settings.seed());
  }

  /** The model that the conversion proper starts from. */
  private record Base(
      Parameters exact,
      FloatTable words,
      List<Example> examples,
      @Nullable SoftTargets soft,
      Recipe recipe,
      int batch) {}

  private Base student(Base teacher, StageResult exact) {
    StudentStage.Outcome outcome = student.run(teacher.exact(), exact);
    export(StageName.STUDENT, outcome.student(), outcome.result(), outcome.words());
    Recipe recipe = settings.recipe();
    return new Base(
        outcome.student(),
        outcome.words(),
        student.pool(),
        outcome.soft(),
        recipe.forStudent(),
        recipe.studentBatch());
  }

  private void convert(Base base, HingeFit t, String before) {
    Parameters attention = base.exact().copy();
    attention.setNormalizer(t.network());
    StageResult one =
        stage(StageName.ATTENTION, attention, base, base.exact(), Kinds.EXACT, before);
    Parameters norms = attention.copy();
    StageResult two =
        stage(
            StageName.NORMS,
            norms,
            base,
            attention,
            StageName.ATTENTION.kinds(),
            one.fingerprint());
    Parameters thex = norms.copy();
    StageResult three =
        stage(StageName.THEX, thex, base, base.exact(), Kinds.EXACT, two.fingerprint());
    if (settings.polynomial()) {
      Parameters polynomial = thex.copy();
      ModelWeights.addPower(polynomial);
      stage(StageName.POLYNOMIAL, polynomial, base, base.exact(), Kinds.EXACT, three.fingerprint());
    }
  }

  private StageResult stage(
      StageName stage,
      Parameters parameters,
      Base base,
      Parameters teacher,
      Kinds teacherKinds,
      String before) {
    StageResult result =
        runner.run(
            stage,
            new StageRunner.Input(
                parameters,
                teacher,
                teacherKinds,
                base.soft(),
                base.examples(),
                base.recipe().of(stage),
                base.batch(),
                before));
    export(stage, parameters, result, base.words());
    return result;
  }

  private void export(
      StageName stage, Parameters parameters, StageResult result, FloatTable words) {
    Kinds kinds = stage.kinds();
    ImportedModel model = export.model(parameters, kinds, words);
    List<Example> dev = settings.data().dev();
    StageStore store = new StageStore(settings.work(), stage);
    String key = new Fingerprint().add(result.fingerprint(), settings.margin()).add(dev).hex();
    StageStore.Measured measured = store.measured(key);
    if (measured == null) {
      measured = measure(model, parameters, kinds, key);
      store.write(measured);
    }
    StageVariant variant =
        new StageVariant(
            stage,
            model,
            measured.ranges(),
            result,
            measured.answers(),
            scores.all(measured.answers(), dev),
            measured.referenceError());
    variants.add(variant);
    listener.variant(variant);
    if (stop.getAsBoolean()) {
      throw new TrainingException(
          TrainingException.Kind.INTERRUPTED,
          "stopped after stage " + stage.text() + "; the same command goes on from there");
    }
  }

  private StageStore.Measured measure(
      ImportedModel model, Parameters parameters, Kinds kinds, String key) {
    Parameters back = export.back(model, parameters.architecture());
    List<Example> dev = settings.data().dev();
    double[][] outputs =
        new Predictor(back, kinds, vocabulary, Precision.FLOAT32)
            .run(dev, share -> listener.work("development set", share));
    @Nullable Ranges ranges = export.ranges(model, share -> listener.work("calibration", share));
    double error = export.referenceError(model, back, kinds);
    return new StageStore.Measured(key, scores.answers(outputs, dev), ranges, error);
  }
}
