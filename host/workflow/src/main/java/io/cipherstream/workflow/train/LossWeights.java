package io.cipherstream.workflow.train;

/**
 * Loss = task·L + logits·|z − z*|² + hidden·Σₗ |hₗ − hₗ*|² + norms·Σ |n − n*|² + penalty·P, each a
 * mean over entries; starred values are the teacher's.
 *
 * @param task weight of {@link TaskLoss}
 * @param logits weight of the distance to the teacher's logits
 * @param hidden weight of the distances to the teacher's layer outputs
 * @param norms weight of the distances to the outputs of the teacher's norms
 * @param penalty weight of the mean squared excess of scores and pre-activations
 * @param scoreBound scores beyond ± this are penalised; 0: none
 * @param activationBound pre-activations beyond ± this are penalised; 0: none
 */
public record LossWeights(
    double task,
    double logits,
    double hidden,
    double norms,
    double penalty,
    double scoreBound,
    double activationBound) {

  /** Only the task's loss. */
  public static final LossWeights TASK = new LossWeights(1, 0, 0, 0, 0, 0, 0);

  /** Whether a teacher is needed. */
  public boolean distils() {
    return logits > 0 || hidden > 0 || norms > 0;
  }
}
