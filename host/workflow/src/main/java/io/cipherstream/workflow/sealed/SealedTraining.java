package io.cipherstream.workflow.sealed;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.ExactTeacher;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.convert.TaskScores;
import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.ModelWeights;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.Precision;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.SealedParameters;
import io.cipherstream.workflow.train.SealedStart;
import io.cipherstream.workflow.train.SealedTexts;
import io.cipherstream.workflow.train.SealedTrainer;
import io.cipherstream.workflow.train.SoftTargets;
import io.cipherstream.workflow.train.StudentModel;
import io.cipherstream.workflow.train.TaskLoss;
import io.cipherstream.workflow.train.TrainedSealedWeights;
import io.cipherstream.workflow.train.TrainingOptions;
import io.cipherstream.workflow.train.VocabularyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/** Trains one spec with one seed, phase after phase, or reads the result of an earlier run. */
final class SealedTraining {

  private static final double WEIGHT_DECAY = 0.02;
  private static final double WARMUP = 0.03;
  private static final double CLIP = 1;
  private static final int EVALUATIONS = 10;

  /** A penalty that rises when a search finds something is no reason to end a training early. */
  private static final int PATIENCE = 1_000_000_000;

  private final SealedSettings settings;
  private final ConversionSettings teaching;
  private final ExactTeacher teacher;
  private final List<Example> examples;
  private final SoftTargets soft;
  private final FloatTable features;
  private final VocabularyMap vocabulary;
  private final SealedTexts texts;
  private final Architecture architecture;
  private final TaskScores scores;

  /**
   * @param examples the task's and the joined ones
   * @param first the piece that begins a text
   * @param last the piece that ends it
   */
  SealedTraining(
      SealedSettings settings, ExactTeacher teacher, List<Example> examples, int first, int last) {
    this.settings = settings;
    this.teaching = settings.teacher();
    this.teacher = teacher;
    this.examples = examples;
    this.soft = teacher.logits(examples);
    this.features = teacher.features();
    this.vocabulary = VocabularyMap.all(features.rows());
    this.texts = new SealedTexts(features.rows(), first, last, settings.tokensMax());
    this.architecture = settings.architecture();
    this.scores = new TaskScores(teaching.data().task().target(), teaching.seed());
  }

  SealedTrial run(
      SealedSpec spec, long seed, int mask, SealedListener listener, BooleanSupplier stop) {
    SealedRecipe recipe = settings.recipe().forSpec(spec);
    Parameters parameters = start(spec, seed);
    TrialStore store =
        new TrialStore(
            teaching.work().resolve("sealed-" + spec + "-" + seed),
            fingerprint(spec, seed),
            examples);
    TrialStore.Result done = store.result();
    double seconds = 0;
    if (done == null) {
      store.begin();
      SealedTrainer trainer =
          new SealedTrainer(
              spec, parameters, new SealedTrainer.Teaching(loss(), labelled(), soft, mask), texts);
      for (SealedRecipe.Phase phase : recipe.phases()) {
        listener.phase(spec, seed, phase.name());
        seconds +=
            store
                .phase(
                    phase.name(),
                    parameters,
                    folder ->
                        trainer.run(
                            examples,
                            phase.hardening(),
                            options(phase, seed),
                            heldOut(spec),
                            folder,
                            listener::step,
                            stop))
                .seconds();
      }
    }
    // Before an earlier run's result is read: it has the word table in the projection's stead.
    FloatTable folded =
        StudentModel.projected(parameters)
            ? StudentModel.fold(parameters, features, vocabulary)
            : null;
    if (done == null) {
      store.write(parameters, seconds);
    } else {
      store.read(parameters);
      seconds = done.seconds();
    }
    List<SealedTrial.Course> phases =
        settings.recipe().phases().stream()
            .map(p -> new SealedTrial.Course(p.name(), store.course(p.name())))
            .toList();
    FloatTable words = folded == null ? StudentModel.words(parameters) : folded;
    return trial(spec, seed, parameters, words, seconds, phases);
  }

  private Parameters start(SealedSpec spec, long seed) {
    ImportedModel start = settings.start();
    return start == null
        ? SealedParameters.start(
            spec, settings.functions(spec), architecture, features, vocabulary, seed)
        : SealedStart.of(start, architecture, vocabulary, features, examples, seed);
  }

  /** What decides a training beside the examples. */
  private List<Object> fingerprint(SealedSpec spec, long seed) {
    List<Object> out =
        new ArrayList<>(
            List.of(
                teacher.fingerprint(),
                spec,
                seed,
                settings.recipe().forSpec(spec),
                settings.size()));
    ImportedModel start = settings.start();
    if (start != null) {
      out.add(start.source().sha256());
    }
    if (!settings.activations().isEmpty()) {
      out.add(settings.activations());
    }
    return out;
  }

  private SealedTrial trial(
      SealedSpec spec,
      long seed,
      Parameters parameters,
      FloatTable words,
      double seconds,
      List<SealedTrial.Course> phases) {
    TaskData data = teaching.data();
    SealedEncoder encoder =
        TrainedSealedWeights.encoder(parameters, shape(data.labels(), spec), spec);
    double[][] answers =
        scores.answers(Predictor.sealed(parameters, spec, vocabulary).run(data.dev()), data.dev());
    return new SealedTrial(
        seed,
        encoder,
        ModelWeights.embeddings(parameters, words, vocabulary),
        parameters,
        heldOut(spec).applyAsDouble(parameters),
        answers,
        scores.all(answers, data.dev()),
        seconds,
        phases);
  }

  private ToDoubleFunction<Parameters> heldOut(SealedSpec spec) {
    List<Example> heldOut = teaching.data().heldOut();
    return parameters ->
        scores.first(
            scores.answers(Predictor.sealed(parameters, spec, vocabulary).run(heldOut), heldOut),
            heldOut);
  }

  private boolean labelled() {
    return teaching.data().task().target() instanceof Target.Labelled;
  }

  private TaskLoss loss() {
    return teaching.data().task().target() instanceof Target.Labelled labelled
        ? TaskLoss.classes(labelled.weights())
        : TaskLoss.value(teaching.data().variance());
  }

  private TrainingOptions options(SealedRecipe.Phase phase, long seed) {
    int batch = settings.recipe().batch();
    double steps = phase.epochs() * Math.ceil((double) examples.size() / batch);
    return new TrainingOptions(
        phase.epochs(),
        batch,
        phase.learningRate(),
        WEIGHT_DECAY,
        WARMUP,
        CLIP,
        Double.POSITIVE_INFINITY,
        (int) Math.max(1, steps / EVALUATIONS),
        PATIENCE,
        teaching.checkpointSeconds(),
        seed,
        Precision.FLOAT32);
  }

  private ModelShape shape(List<String> labels, SealedSpec spec) {
    return new ModelShape(
        spec.layers(),
        architecture.width(),
        architecture.heads(),
        architecture.ffnWidth(),
        architecture.positions(),
        architecture.vocabulary(),
        Activation.QUADRATIC,
        AttentionKind.POWER,
        NormKind.AFFINE,
        architecture.pooling(),
        labels.isEmpty() ? Head.VALUE : Head.CLASSES,
        labels,
        0,
        Pooler.NONE,
        architecture.epsilon());
  }
}
