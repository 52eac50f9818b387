package io.cipherstream.workflow.sealed;

import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.TaskData;
import io.cipherstream.workflow.train.Hardening;
import io.cipherstream.workflow.train.RangeLimits;
import java.util.List;
import java.util.Map;

/**
 * How polynomial encoders are trained, and on how many odd texts their ranges are measured.
 *
 * @param phases in order, each from the last weights of the one before
 * @param batch examples per step
 * @param fewestSteps of the first phase, as long as it passes over the examples at most {@value
 *     SealedRecipe#PASSES_MAX} times
 * @param joinedTexts longer texts made from the training file's, for tasks of single texts
 * @param surveyTexts texts of the task, and as many random ones, on which ranges are measured
 * @param surveyPieces word pieces that are tried repeated; the search starts from the worst of them
 * @param surveySwaps swaps per text in the last search
 */
public record SealedRecipe(
    List<Phase> phases,
    int batch,
    int fewestSteps,
    int joinedTexts,
    int surveyTexts,
    int surveyPieces,
    int surveySwaps) {

  private static final double PASSES_MAX = 40;

  /**
   * One phase of training.
   *
   * @param name of its folder
   * @param epochs passes over the examples; may be a fraction
   * @param learningRate peak learning rate
   * @param hardening the penalty that keeps values in range
   */
  public record Phase(String name, double epochs, double learningRate, Hardening hardening) {

    /** The same with other epochs. */
    Phase withEpochs(double count) {
      return new Phase(name, count, learningRate, hardening);
    }

    private Phase withoutRepeatedPieces() {
      return new Phase(name, epochs, learningRate, hardening.withRepeatedPieces(0));
    }
  }

  public SealedRecipe {
    phases = List.copyOf(phases);
  }

  /** Names of the phases, in order. */
  public List<String> names() {
    return phases.stream().map(Phase::name).toList();
  }

  /**
   * The same with other epochs and peak learning rates.
   *
   * @param epochs by the phase's name; phases that it lacks keep theirs, and one of 0 is left out
   * @param rates likewise
   */
  public SealedRecipe with(Map<String, Double> epochs, Map<String, Double> rates) {
    List<Phase> changed =
        phases.stream()
            .map(
                p ->
                    new Phase(
                        p.name(),
                        epochs.getOrDefault(p.name(), p.epochs()),
                        rates.getOrDefault(p.name(), p.learningRate()),
                        p.hardening()))
            .filter(p -> p.epochs() > 0)
            .toList();
    return of(changed);
  }

  /** For a task's examples, joined ones included: where they are few, with more passes. */
  public SealedRecipe forTask(TaskData data) {
    double passes = phases.get(0).epochs();
    int examples = data.training().size() + joinedTexts(data);
    double wanted = Math.min((double) fewestSteps * batch / examples, PASSES_MAX);
    return wanted <= passes
        ? this
        : of(phases.stream().map(p -> p.withEpochs(p.epochs() * wanted / passes)).toList());
  }

  /**
   * For a spec: one that begins with a self-attention is not trained on repeated pieces. They cost
   * it more accuracy than they are worth, and its sentinels tell a text that is out of range.
   */
  SealedRecipe forSpec(SealedSpec spec) {
    return spec.first() != LayerLetter.A
        ? this
        : of(phases.stream().map(Phase::withoutRepeatedPieces).toList());
  }

  /** How many texts are made for a task: none from pairs or from words with labels. */
  int joinedTexts(TaskData data) {
    return data.task().pair() || data.words() ? 0 : joinedTexts;
  }

  private SealedRecipe of(List<Phase> changed) {
    return new SealedRecipe(
        changed, batch, fewestSteps, joinedTexts, surveyTexts, surveyPieces, surveySwaps);
  }

  /** For a pre-trained teacher: trained, then hardened on the repeats of most word pieces. */
  public static SealedRecipe pretrained() {
    return new SealedRecipe(
        List.of(
            new Phase("train", 3, 2e-3, new Hardening(0.02, RangeLimits.TRAINING, 160, 8000)),
            new Phase("harden", 1.2, 1e-3, new Hardening(0.05, RangeLimits.TRAINING, 160, 24_000))),
        96,
        1500,
        60_000,
        3000,
        Integer.MAX_VALUE,
        20);
  }

  /** For the miniature, in seconds. */
  public static SealedRecipe miniature() {
    return new SealedRecipe(
        List.of(
            new Phase("train", 12, 5e-3, new Hardening(0.02, RangeLimits.TRAINING, 40, 60)),
            new Phase("harden", 3, 2e-3, new Hardening(0.1, RangeLimits.HARDENED, 20, 60))),
        64,
        0,
        0,
        200,
        60,
        4);
  }
}
