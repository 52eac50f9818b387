package io.cipherstream.workflow.train;

import org.bytedeco.pytorch.Tensor;

/** The loss that a {@link StageTrainer} minimises. */
@FunctionalInterface
interface BatchLoss {

  /**
   * The loss of a batch, a scalar with gradients.
   *
   * @param now the weights
   * @param state of the training; what the loss keeps between steps is stored here, so that
   *     checkpoints have it
   * @param share of the schedule that is done, 0 to 1
   */
  Tensor of(Parameters now, Batch batch, TrainingState state, double share);
}
