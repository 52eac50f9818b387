package io.cipherstream.workflow.convert;

import io.cipherstream.model.Calibrator;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.TokenClasses;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.Kinds;
import io.cipherstream.workflow.train.ModelWeights;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.Predictor;
import io.cipherstream.workflow.train.VocabularyMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns parameters into the two halves of a model, with calibrated ranges and a check of the
 * arithmetic.
 */
final class ModelExport {

  /** Training texts for calibration, beside as many of the longest. */
  private static final int CALIBRATION_TEXTS = 200;

  /** Development examples of the reference check. */
  private static final int REFERENCE_EXAMPLES = 8;

  private final ConversionSettings settings;
  private final VocabularyMap vocabulary;

  ModelExport(ConversionSettings settings, VocabularyMap vocabulary) {
    this.settings = settings;
    this.vocabulary = vocabulary;
  }

  /**
   * Both halves, rounded to binary16.
   *
   * @param words the table that rows without examples are taken from
   */
  ImportedModel model(Parameters parameters, Kinds kinds, FloatTable words) {
    Architecture a = parameters.architecture();
    List<String> labels = settings.data().labels();
    ModelShape shape =
        new ModelShape(
            a.layers(),
            a.width(),
            a.heads(),
            a.ffnWidth(),
            a.positions(),
            words.rows(),
            kinds.activation(),
            kinds.attention(),
            kinds.norm(),
            a.pooling(),
            labels.isEmpty() ? Head.VALUE : Head.CLASSES,
            labels,
            kinds.theX() ? Objects.requireNonNull(parameters.normalizer()).hinges() : 0,
            Pooler.NONE,
            a.epsilon());
    ImportedModel source = settings.source();
    return new ImportedModel(
        ModelWeights.encoder(parameters, shape),
        ModelWeights.embeddings(parameters, words, vocabulary),
        source.tokenizer().withTokensMax(TokenClasses.tokensMax(a.positions())),
        source.source(),
        source.licence(),
        settings.data().modelTask());
  }

  /** The exported weights as parameters: those that a user of the package gets. */
  Parameters back(ImportedModel model, Architecture architecture) {
    return ModelWeights.read(
        model.encoder(), model.embeddings(), vocabulary, architecture, settings.seed());
  }

  /**
   * Ranges over training texts, every third of them the longest; null if a value exceeds float64 on
   * one of them, which a polynomial's may.
   */
  @Nullable Ranges ranges(ImportedModel model, DoubleConsumer progress) {
    List<Example> training = settings.data().training();
    List<Example> texts = new ArrayList<>(TaskData.sample(training, CALIBRATION_TEXTS));
    training.stream()
        .sorted(Comparator.comparingInt(Example::length).reversed())
        .limit(CALIBRATION_TEXTS / 2)
        .forEach(texts::add);
    List<TokenSequence> tokens =
        texts.stream().map(e -> new TokenSequence(e.ids(), e.segments())).toList();
    try {
      return Calibrator.calibrate(
          model.encoder(),
          model.embeddings(),
          tokens,
          settings.margin(),
          (step, done, total) -> progress.accept((double) done / total));
    } catch (ModelException e) {
      if (e.kind() != ModelException.Kind.VALUE) {
        throw e;
      }
      return null;
    }
  }

  /**
   * Largest |difference| between a float64 pass over tensors and {@link PlaintextTransformer},
   * which share no code.
   */
  double referenceError(ImportedModel model, Parameters back, Kinds kinds) {
    List<Example> examples = TaskData.sample(settings.data().dev(), REFERENCE_EXAMPLES);
    double[][] ours = Predictor.reference(back, kinds, vocabulary, examples);
    EncoderWeights encoder = model.encoder();
    PlaintextTransformer reference = new PlaintextTransformer(encoder, model.embeddings());
    double largest = 0;
    for (int i = 0; i < ours.length; i++) {
      Example example = examples.get(i);
      double[][] rows = reference.runRows(example.ids(), example.segments());
      int width = rows[0].length;
      for (int t = 0; t < rows.length; t++) {
        for (int k = 0; k < width; k++) {
          largest = Math.max(largest, Math.abs(rows[t][k] - ours[i][t * width + k]));
        }
      }
    }
    return largest;
  }
}
