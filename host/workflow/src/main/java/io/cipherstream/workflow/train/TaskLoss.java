package io.cipherstream.workflow.train;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss against an example's own target: weighted cross-entropy of classes, of a text or of
 * every labelled token, or the squared error of a value in units of the targets' variance.
 */
public final class TaskLoss {

  private static final long MEAN = 1;

  private final boolean classes;
  private final float[] weights;
  private final double variance;

  private TaskLoss(boolean classes, float[] weights, double variance) {
    this.classes = classes;
    this.weights = weights;
    this.variance = variance;
  }

  /**
   * Σᵢ w(yᵢ)·(−log softmax(logits)ᵢ[yᵢ]) / Σᵢ w(yᵢ).
   *
   * @param weights one per class
   */
  public static TaskLoss classes(List<Double> weights) {
    float[] values = new float[weights.size()];
    for (int k = 0; k < values.length; k++) {
      values[k] = weights.get(k).floatValue();
    }
    return new TaskLoss(true, values, 1);
  }

  /**
   * Mean of (output − target)² / variance.
   *
   * @param variance of the training targets, above 0
   */
  public static TaskLoss value(double variance) {
    if (!(variance > 0)) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "targets of variance " + variance + ": expected at least two different values");
    }
    return new TaskLoss(false, new float[0], variance);
  }

  Tensor of(Tensor logits, Batch batch) {
    if (!classes) {
      Tensor difference = logits.view(-1L).sub(batch.targets());
      return Torch.scaled(difference.square().mean(), 1 / variance);
    }
    Tensor rows = logits.view(-1, logits.size(-1));
    Tensor targets = batch.targets().view(-1L).to(torch.ScalarType.Long);
    Tensor weight = Torch.floats(weights, weights.length);
    return torch.cross_entropy_loss(
        rows, targets, new TensorOptional(weight), MEAN, Example.IGNORED, 0);
  }

  /** Mean of (a − b)² over outputs that count, values in units of the targets' variance. */
  Tensor distance(Tensor logits, Tensor teacher, Batch batch) {
    Tensor difference = logits.sub(teacher);
    Tensor mean =
        logits.dim() == 3
            ? Torch.maskedMeanSquare(logits, teacher, batch.mask(), logits.size(2))
            : difference.square().mean();
    return Torch.scaled(mean, 1 / variance);
  }
}
