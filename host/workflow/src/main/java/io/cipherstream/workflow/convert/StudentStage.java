package io.cipherstream.workflow.convert;

import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.TokenClasses;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.Augmenter;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Kinds;
import io.cipherstream.workflow.train.ModelWeights;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.SoftTargets;
import io.cipherstream.workflow.train.StudentModel;
import io.cipherstream.workflow.train.VocabularyMap;
import io.cipherstream.workflow.train.WordFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Trains a smaller model on the fine-tuned model's logits for the training texts and for made-up
 * ones. The logits are kept beside the exact stage's result, since computing them takes longer than
 * the training.
 */
final class StudentStage {

  /** How a student is trained, beside its recipe; part of the fingerprint. */
  private static final String METHOD = "projected word features";

  private final ConversionSettings settings;
  private final VocabularyMap vocabulary;
  private final StageRunner runner;
  private final ModelExport export;
  private final ConversionListener listener;
  private final StageStore store;
  private final List<Example> pool;

  StudentStage(
      ConversionSettings settings,
      VocabularyMap vocabulary,
      StageRunner runner,
      ModelExport export,
      ConversionListener listener) {
    this.settings = settings;
    this.vocabulary = vocabulary;
    this.runner = runner;
    this.export = export;
    this.listener = listener;
    this.store = new StageStore(settings.work(), StageName.EXACT);
    this.pool = settings.student() == null ? List.of() : makePool();
  }

  /**
   * A trained student.
   *
   * @param words its word table, with every word piece
   * @param soft the teacher's logits for the pool
   */
  record Outcome(Parameters student, FloatTable words, SoftTargets soft, StageResult result) {}

  /** The training texts. */
  List<Example> pool() {
    return pool;
  }

  /** The mask's piece; in every map, so that work folders can be shared. */
  static int mask(ConversionSettings settings) {
    return pieces(settings).mask();
  }

  private static SpecialPieces pieces(ConversionSettings settings) {
    return new SpecialPieces(settings.source().tokenizer());
  }

  private static int tokensMax(int positions) {
    return Math.min(positions, TokenClasses.tokensMax(Integer.MAX_VALUE));
  }

  /** The training texts and, for single texts, made-up ones. */
  private List<Example> makePool() {
    TaskData data = settings.data();
    List<Example> out = new ArrayList<>(data.training());
    boolean single = !data.words() && !data.task().pair();
    if (single && settings.recipe().poolTexts() > 0) {
      int tokens = tokensMax(settings.source().embeddings().positions());
      out.addAll(
          new Augmenter(data.training(), mask(settings), tokens)
              .draw(settings.recipe().poolTexts(), settings.seed()));
    }
    return out;
  }

  /**
   * Trains the student, or reads the one of an earlier run.
   *
   * @param teacher the exact stage's parameters
   * @param exact the exact stage's result
   * @throws ConversionException as {@link StageRunner#run}
   */
  Outcome run(Parameters teacher, StageResult exact) {
    StudentSize size = Objects.requireNonNull(settings.student());
    Architecture large = teacher.architecture();
    Architecture small =
        new Architecture(
            size.layers(),
            size.hidden(),
            size.heads(),
            size.intermediate(),
            tokensMax(large.positions()),
            vocabulary.size(),
            large.segments(),
            large.pooling(),
            large.outputs(),
            large.epsilon());
    FloatTable features = features(teacher, exact.fingerprint());
    Parameters student = StudentModel.start(small, features, vocabulary, settings.seed());
    SoftTargets soft = soft(teacher, exact.fingerprint(), pool);
    Recipe recipe = settings.recipe();
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
                new Fingerprint()
                    .add(exact.fingerprint(), size, recipe.poolTexts(), METHOD)
                    .hex()));
    FloatTable words = StudentModel.fold(student, features, vocabulary);
    return new Outcome(student, words, soft, result);
  }

  /** The teacher's outputs of a few texts, which are not kept. */
  double[][] outputs(Parameters teacher, List<Example> texts) {
    return new Predictor(teacher, Kinds.EXACT, vocabulary, settings.precision()).run(texts);
  }

  /** {@link WordFeatures} of the teacher. */
  FloatTable features(Parameters teacher, String exact) {
    String key = new Fingerprint().add(exact, METHOD).hex();
    FloatTable kept = store.derived("word-features", key);
    if (kept != null) {
      return kept;
    }
    ImportedModel model =
        export.model(teacher, Kinds.EXACT, settings.source().embeddings().words());
    VocabularyMap all = VocabularyMap.all(model.embeddings().vocabulary());
    Architecture whole = teacher.architecture().withVocabulary(all.size());
    FloatTable features =
        WordFeatures.of(
            ModelWeights.read(model.encoder(), model.embeddings(), all, whole, settings.seed()),
            all,
            pieces(settings).first(),
            pieces(settings).last(),
            settings.precision(),
            share -> listener.work("the teacher's word features", share));
    store.derive("word-features", key, features);
    return features;
  }

  /** The teacher's logits of texts; those of the last texts are stored. */
  SoftTargets soft(Parameters teacher, String exact, List<Example> texts) {
    String key = new Fingerprint().add(exact, settings.precision().resolved()).add(texts).hex();
    int outputs = teacher.architecture().outputs();
    FloatTable kept = store.derived("teacher-logits", key);
    if (kept != null) {
      return new SoftTargets(outputs, kept.columns(), kept.toArray());
    }
    double[][] logits =
        new Predictor(teacher, Kinds.EXACT, vocabulary, settings.precision())
            .run(texts, share -> listener.work("the teacher's logits", share));
    SoftTargets soft = SoftTargets.of(outputs, logits);
    store.derive("teacher-logits", key, FloatTable.of(texts.size(), soft.row(), soft.logits()));
    return soft;
  }
}
