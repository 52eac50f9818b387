package io.cipherstream.workflow.train;

import org.bytedeco.pytorch.Tensor;

/** What a {@link StageTrainer} makes small. */
@FunctionalInterface
interface BatchLoss {

  /**
   * The loss of a batch, a scalar that gradients flow from.
   *
   * @param now the weights
   * @param state of the training; what the loss keeps between steps stands in it, so that
   *     checkpoints have it
   * @param share of the schedule that is done, 0 to 1
   */
  Tensor of(Parameters now, Batch batch, TrainingState state, double share);
}
