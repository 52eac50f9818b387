package io.cipherstream.workflow.convert;

import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.TokenClasses;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.Augmenter;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Kinds;
import io.cipherstream.workflow.train.ModelWeights;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.Precision;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.SoftTargets;
import io.cipherstream.workflow.train.StudentModel;
import io.cipherstream.workflow.train.TrainingException;
import io.cipherstream.workflow.train.TrainingThreads;
import io.cipherstream.workflow.train.VocabularyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A whole conversion: fine-tune, replace, distil, calibrate. Run again with the same settings it
 * goes on where it ended. One thread, and one conversion a process, since PyTorch's threads and
 * precision are the process's.
 */
public final class Conversion {

  /** (a·s + b)² / n at the start of the polynomial stage: near uniform attention. */
  private static final double POWER_SCALE = 0.25;

  private static final double POWER_OFFSET = 1;

  private final ConversionSettings settings;
  private final ConversionListener listener;
  private final BooleanSupplier stop;
  private final TaskScores scores;
  private final List<Example> pool;
  private final VocabularyMap vocabulary;
  private final StageRunner runner;
  private final ModelExport export;
  private final List<StageVariant> variants = new ArrayList<>();

  /**
   * @param stop asked after each step; when true, a checkpoint is written and the run ends
   * @throws ConversionException if the source has something replaced already
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
    this.pool = settings.student() == null ? List.of() : pool();
    this.vocabulary =
        VocabularyMap.of(
            List.of(
                settings.data().training(),
                settings.data().heldOut(),
                settings.data().dev(),
                List.of(Example.of(new int[] {mask()}, 0))),
            shape.vocabulary());
    this.runner = new StageRunner(settings, vocabulary, listener, stop);
    this.export = new ModelExport(settings, vocabulary);
  }

  /** [MASK], or [UNK] where a vocabulary has none; in every map, so that work folders can share. */
  private int mask() {
    WordPieces pieces = settings.source().tokenizer().vocabulary();
    return (int) pieces.getIndex(pieces.contains("[MASK]") ? "[MASK]" : "[UNK]");
  }

  /** The training texts and, of single texts, made-up ones. */
  private List<Example> pool() {
    TaskData data = settings.data();
    List<Example> out = new ArrayList<>(data.training());
    boolean single = !data.words() && !data.task().pair();
    if (single && settings.recipe().poolTexts() > 0) {
      int tokens = Math.min(settings.source().embeddings().positions(), 64);
      out.addAll(
          new Augmenter(data.training(), mask(), tokens)
              .draw(settings.recipe().poolTexts(), settings.seed()));
    }
    return out;
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
    ImportedModel source = settings.source();
    Recipe recipe = settings.recipe();
    String start =
        new Fingerprint()
            .add(source.source().sha256(), data.labels(), settings.pooling(), settings.seed())
            .add(data.training())
            .add(data.heldOut())
            .hex();
    Parameters exact = exact();
    StageRecipe first = recipe.of(StageName.EXACT);
    StageResult result =
        runner.run(
            StageName.EXACT,
            new StageRunner.Input(
                exact, null, Kinds.EXACT, null, data.training(), first, recipe.batch(), start));
    export(StageName.EXACT, exact, result, source.embeddings());
    Base base = new Base(exact, source.embeddings(), data.training(), null, recipe, recipe.batch());
    if (settings.student() != null) {
      base = student(base, settings.student(), result.fingerprint());
    }
    HingeFit t = HingeFit.fit(settings.hinges());
    convert(base, t, last());
    return new ConversionResult(variants, t);
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

  /** What the conversion proper starts from. */
  private record Base(
      Parameters exact,
      EmbeddingTable tables,
      List<Example> examples,
      @Nullable SoftTargets soft,
      Recipe recipe,
      int batch) {}

  private Base student(Base teacher, StudentSize size, String before) {
    EmbeddingTable tables =
        StudentModel.embeddings(
            teacher.tables(),
            size.hidden(),
            Math.min(teacher.tables().positions(), TokenClasses.tokensMax(Integer.MAX_VALUE)));
    Architecture large = teacher.exact().architecture();
    Architecture small =
        new Architecture(
            size.layers(),
            size.hidden(),
            size.heads(),
            size.intermediate(),
            tables.positions(),
            vocabulary.size(),
            tables.segments(),
            large.pooling(),
            large.outputs(),
            large.epsilon());
    Parameters student = StudentModel.parameters(small, tables, vocabulary, settings.seed());
    SoftTargets soft = soft(teacher.exact());
    Recipe recipe = teacher.recipe();
    StageResult result =
        runner.run(
            StageName.STUDENT,
            new StageRunner.Input(
                student,
                null,
                Kinds.EXACT,
                soft,
                pool,
                recipe.of(StageName.STUDENT),
                recipe.studentBatch(),
                new Fingerprint().add(before, size, recipe.poolTexts()).hex()));
    export(StageName.STUDENT, student, result, tables);
    return new Base(student, tables, pool, soft, recipe.forStudent(), recipe.studentBatch());
  }

  /** The teacher's logits of the pool. */
  private @Nullable SoftTargets soft(Parameters teacher) {
    if (settings.data().words()) {
      throw new ConversionException("a student of a task of word labels: not supported");
    }
    Predictor predictor = new Predictor(teacher, Kinds.EXACT, vocabulary, settings.precision());
    double[][] logits = predictor.run(pool, share -> listener.work("the teacher's logits", share));
    int outputs = teacher.architecture().outputs();
    float[] flat = new float[logits.length * outputs];
    for (int i = 0; i < logits.length; i++) {
      for (int k = 0; k < outputs; k++) {
        flat[i * outputs + k] = (float) logits[i][k];
      }
    }
    return new SoftTargets(outputs, flat);
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
      ModelWeights.addPower(polynomial, POWER_SCALE, POWER_OFFSET);
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
    export(stage, parameters, result, base.tables());
    return result;
  }

  private void export(
      StageName stage, Parameters parameters, StageResult result, EmbeddingTable tables) {
    Kinds kinds = stage.kinds();
    ImportedModel model = export.model(parameters, kinds, tables);
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
    Ranges ranges = export.ranges(model, share -> listener.work("calibration", share));
    double error = export.referenceError(model, back, kinds);
    return new StageStore.Measured(key, scores.answers(outputs, dev), ranges, error);
  }
}
