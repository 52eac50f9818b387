package io.cipherstream.workflow.convert;

import io.cipherstream.workflow.train.LossWeights;

/**
 * How one stage is trained.
 *
 * @param epochs passes over its examples; 0: nothing is trained
 * @param learningRate peak learning rate
 * @param weights its loss
 */
public record StageRecipe(double epochs, double learningRate, LossWeights weights) {

  /** The same with other epochs. */
  public StageRecipe withEpochs(double count) {
    return new StageRecipe(count, learningRate, weights);
  }

  /** The same with another learning rate. */
  public StageRecipe withLearningRate(double rate) {
    return new StageRecipe(epochs, rate, weights);
  }
}
