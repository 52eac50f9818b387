package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.LossWeights;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How all stages are trained.
 *
 * @param stages one entry per stage
 * @param batch examples per step
 * @param studentBatch the same for the student and the stages after it
 * @param poolTexts made-up texts for a student, beside those of the training file
 * @param patience a stage ends early after this many held-out scores without improvement, of about
 *     {@value StageRunner#EVALUATIONS} per stage
 */
public record Recipe(
    Map<StageName, StageRecipe> stages, int batch, int studentBatch, int poolTexts, int patience) {

  private static final double SCORE_BOUND = 12;
  private static final double PENALTY = 0.01;
  private static final int PATIENCE = 8;
  private static final double STUDENT_RATES = 5;
  private static final double STUDENT_EPOCHS = 0.7;

  /** Fewest steps of the exact stage, as long as it passes over the data at most so often. */
  private static final double STEPS_MIN = 1000;

  private static final double PASSES_MAX = 20;

  public Recipe {
    stages = Map.copyOf(stages);
  }

  /** A stage's recipe. */
  public StageRecipe of(StageName stage) {
    return Objects.requireNonNull(stages.get(stage));
  }

  /** The same with one stage's recipe changed. */
  public Recipe with(StageName stage, StageRecipe recipe) {
    Map<StageName, StageRecipe> changed = new EnumMap<>(stages);
    changed.put(stage, recipe);
    return new Recipe(changed, batch, studentBatch, poolTexts, patience);
  }

  /** For a pre-trained encoder; tried on MiniLM. */
  public static Recipe pretrained() {
    LossWeights distilled = new LossWeights(0.3, 1, 1, 0, PENALTY, SCORE_BOUND, 0);
    Map<StageName, StageRecipe> stages = new EnumMap<>(StageName.class);
    stages.put(StageName.EXACT, new StageRecipe(1.5, 6e-5, LossWeights.TASK));
    stages.put(StageName.STUDENT, new StageRecipe(3, 1e-3, new LossWeights(0, 1, 0, 0, 0, 0, 0)));
    stages.put(StageName.ATTENTION, new StageRecipe(1, 1e-4, distilled));
    stages.put(
        StageName.NORMS,
        new StageRecipe(0.2, 1e-3, new LossWeights(0, 0, 0, 1, PENALTY, SCORE_BOUND, 0)));
    stages.put(StageName.THEX, new StageRecipe(1.5, 1e-4, distilled));
    stages.put(
        StageName.POLYNOMIAL,
        new StageRecipe(1, 1e-4, new LossWeights(0.3, 1, 0.3, 0, 10 * PENALTY, 6, 6)));
    return new Recipe(stages, 32, 64, 100_000, PATIENCE);
  }

  /**
   * For so many training examples: where they are few, all stages pass over them more often, until
   * the exact one takes {@value #STEPS_MIN} steps or {@value #PASSES_MAX} passes. A student is
   * unchanged, since made-up texts are most of its examples.
   */
  public Recipe forExamples(int examples) {
    double passes = of(StageName.EXACT).epochs();
    double wanted = Math.min(STEPS_MIN * batch / examples, PASSES_MAX);
    if (wanted <= passes) {
      return this;
    }
    Recipe out = this;
    for (StageName stage : stages.keySet()) {
      if (stage != StageName.STUDENT) {
        out = out.with(stage, of(stage).withEpochs(of(stage).epochs() * wanted / passes));
      }
    }
    return out;
  }

  /**
   * For the stages after a student: small models need larger steps, and made-up texts make an epoch
   * longer.
   */
  public Recipe forStudent() {
    Recipe out = this;
    for (StageName stage : List.of(StageName.ATTENTION, StageName.THEX, StageName.POLYNOMIAL)) {
      StageRecipe recipe = of(stage);
      out =
          out.with(
              stage,
              recipe
                  .withLearningRate(STUDENT_RATES * recipe.learningRate())
                  .withEpochs(STUDENT_EPOCHS * recipe.epochs()));
    }
    return out;
  }
}
