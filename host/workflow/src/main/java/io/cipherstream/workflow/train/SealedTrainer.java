package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.SealedSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/** Trains a polynomial encoder on a teacher's logits, within limits that hold for odd texts too. */
public final class SealedTrainer {

  /**
   * The lesson.
   *
   * @param task the loss against examples' targets
   * @param classes whether the targets are classes; an example without one has {@link
   *     Example#IGNORED}
   * @param soft the teacher's logits of every example
   * @param mask the word piece [MASK]
   */
  public record Teaching(TaskLoss task, boolean classes, SoftTargets soft, int mask) {}

  private final SealedSpec spec;
  private final Parameters parameters;
  private final Teaching teaching;
  private final SealedTexts texts;

  /**
   * @param parameters changed; with a row for every word piece
   * @throws TrainingException of kind OPTIONS if word pieces are missing
   */
  public SealedTrainer(
      SealedSpec spec, Parameters parameters, Teaching teaching, SealedTexts texts) {
    this.spec = spec;
    this.parameters = parameters;
    this.teaching = teaching;
    this.texts = texts;
    if (parameters.architecture().vocabulary() != texts.vocabulary()) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a word table of "
              + parameters.architecture().vocabulary()
              + " rows for "
              + texts.vocabulary()
              + " word pieces: odd texts need all of them");
    }
  }

  /**
   * Trains, or resumes from the folder's last checkpoint. The parameters are those of the last
   * step, since a score does not show how well values stay in range. Word vectors are trained
   * directly or, if they are a projection of features, through the projection.
   *
   * @param heldOut score of parameters on held-out examples, only for the curve
   * @throws TrainingException as {@link StageTrainer#run}
   */
  public TrainingResult run(
      List<Example> examples,
      Hardening hardening,
      TrainingOptions options,
      ToDoubleFunction<Parameters> heldOut,
      Path folder,
      TrainingListener listener,
      BooleanSupplier stop) {
    boolean projected = parameters.has(Parameters.PROJECTION);
    return new StageTrainer(
            parameters,
            name -> !(projected && name.equals(Parameters.WORDS)),
            new SealedLoss(spec, teaching, hardening, texts, examples, options.seed()),
            examples,
            VocabularyMap.all(texts.vocabulary()),
            options,
            heldOut,
            true)
        .run(folder, listener, stop);
  }
}
