package io.cipherstream.workflow.sealed;

import io.cipherstream.model.FitReport;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenClasses;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.polynomial.ActivationModule;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.ConversionSettings;
import io.cipherstream.workflow.convert.StudentSize;
import io.cipherstream.workflow.train.Architecture;
import io.cipherstream.workflow.train.StartFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to make a sealed model from, and how.
 *
 * @param teacher source, data, work folder, seed and threads; its exact stage is the teacher
 * @param recipe how the models are trained
 * @param size of the models: 2 layers
 * @param specs to train, in the order of their levels
 * @param seeds one training each of every spec
 * @param activations what the functions of each layer's feed-forward network start as; one for
 *     both, or none for the usual ones: a quadratic, or of edges softplus
 * @param start a converted encoder whose weights an AA begins with, or null for random ones
 * @param budget how much lower than the best held-out score the cheapest may score; 0.01 is a point
 *     of accuracy
 */
public record SealedSettings(
    ConversionSettings teacher,
    SealedRecipe recipe,
    StudentSize size,
    List<SealedSpec> specs,
    List<Long> seeds,
    List<ActivationModule> activations,
    @Nullable ImportedModel start,
    double budget) {

  /** Two layers, 128 wide, with four heads. */
  public static final StudentSize SIZE = new StudentSize(2, 128, 4, 512);

  /**
   * @throws ConversionException if size, task or specs do not fit
   */
  public SealedSettings {
    specs = List.copyOf(specs);
    seeds = List.copyOf(seeds);
    activations = List.copyOf(activations);
    if (size.layers() != 2) {
      throw new ConversionException(
          "a sealed model of " + size.layers() + " layers: expected 2, the most that a spec has");
    }
    for (SealedSpec spec : specs) {
      if (spec.words() != teacher.data().words()) {
        throw new ConversionException(
            "spec "
                + spec
                + " for task "
                + teacher.data().task().name()
                + ": expected "
                + (spec.words()
                    ? "another one: only a task of word labels has an answer for each token"
                    : SealedSpec.WORDS + ", which gives each word of a text its label"));
      }
    }
    if (specs.isEmpty() || seeds.isEmpty() || !(budget >= 0)) {
      throw new ConversionException(
          specs.size()
              + " specs, "
              + seeds.size()
              + " seeds and a budget of "
              + budget
              + ": expected at least one of each, and 0");
    }
    if (activations.size() > SealedEncoder.LAYERS) {
      throw new ConversionException(
          "activations "
              + activations.stream().map(ActivationModule::text).toList()
              + ": expected one for both layers, or one for each");
    }
    if (start != null
        && (!activations.isEmpty() || specs.stream().anyMatch(SealedSpec::hasEdges))) {
      throw new ConversionException(
          "a start with activations or edges: expected neither, since its layers have quadratics");
    }
    if (start != null && specs.stream().anyMatch(s -> !MergedTransformer.covers(s))) {
      throw new ConversionException(
          "a start for the specs "
              + specs
              + ": expected AA alone, whose layers a BERT encoder has");
    }
    for (int i = 1; i < specs.size(); i++) {
      if (specs.get(i).levels() < specs.get(i - 1).levels()) {
        throw new ConversionException("specs " + specs + ": expected few levels first");
      }
    }
  }

  /** What the functions of each layer's feed-forward network start as. */
  List<StartFunction> functions(SealedSpec spec) {
    List<StartFunction> functions = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      ActivationModule usual = spec.hasEdges() ? ActivationModule.SOFTPLUS : null;
      ActivationModule module =
          activations.isEmpty() ? usual : activations.get(Math.min(i, activations.size() - 1));
      functions.add(StartFunction.of(module, spec.degree(i)));
    }
    return functions;
  }

  /**
   * What reports say of the functions of a spec, layer by layer; nothing where they begin as those
   * of a converted encoder.
   */
  List<FitReport> fits(SealedSpec spec) {
    if (start != null) {
      return List.of();
    }
    int count = spec.hasEdges() ? size.hidden() * size.intermediate() : size.intermediate();
    List<StartFunction> functions = functions(spec);
    List<FitReport> fits = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      if (spec.letter(i) != LayerLetter.Q) {
        fits.add(functions.get(i).fit(count));
      }
    }
    return fits;
  }

  /** Most tokens of a text. */
  int tokensMax() {
    return TokenClasses.tokensMax(teacher.source().embeddings().positions());
  }

  /** The models' sizes; they have the teacher's word pieces. */
  Architecture architecture() {
    return new Architecture(
        size.layers(),
        size.hidden(),
        size.heads(),
        size.intermediate(),
        tokensMax(),
        teacher.source().embeddings().vocabulary(),
        teacher.source().embeddings().segments(),
        teacher.data().words() ? Pooling.NONE : Pooling.CLS,
        teacher.data().task().target().outputs(),
        teacher.source().encoder().shape().layerNormEpsilon());
  }
}
