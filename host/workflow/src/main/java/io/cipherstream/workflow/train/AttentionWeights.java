package io.cipherstream.workflow.train;

import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.HingeNetwork;
import java.util.Objects;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Turns scores into attention weights: softmax; eᵢ·T(Σ e) with eᵢ = ReLU((xᵢ/2 + 1)³); or (a·xᵢ +
 * b)² / n. Padding has the weight 0.
 */
final class AttentionWeights {

  private static final double MASKED = -1e9;

  private final Parameters parameters;
  private final Kinds kinds;

  AttentionWeights(Parameters parameters, Kinds kinds) {
    this.parameters = parameters;
    this.kinds = kinds;
    if (kinds.theX() && parameters.normalizer() == null) {
      throw new IllegalArgumentException("THE-X's attention needs T");
    }
  }

  /**
   * Weights [batch, heads, queries, keys].
   *
   * @param scores q·k/√d, of the same shape
   * @param mask [batch, keys], 1 for word pieces
   */
  Tensor of(int layer, Tensor scores, Tensor mask) {
    Tensor keys = mask.to(scores.scalar_type()).unsqueeze(1).unsqueeze(1);
    if (kinds.attention() == AttentionKind.SOFTMAX) {
      Tensor hidden = Torch.scaled(Torch.plus(keys, -1), -MASKED);
      return torch.softmax(scores.add(hidden), -1);
    }
    if (kinds.attention() == AttentionKind.POWER) {
      return power(layer, scores, keys);
    }
    double share = kinds.polynomialShare();
    Tensor theX = theX(scores, keys);
    return share == 0
        ? theX
        : Torch.scaled(theX, 1 - share).add(Torch.scaled(power(layer, scores, keys), share));
  }

  private Tensor theX(Tensor scores, Tensor keys) {
    Tensor base = torch.relu(Torch.plus(Torch.scaled(scores, 0.5), 1));
    Tensor kernel = base.mul(base).mul(base).mul(keys);
    Tensor sums = rowSums(kernel);
    return kernel.mul(reciprocal(sums));
  }

  /** T(s) = Σⱼ cⱼ·ReLU(1 − s/kⱼ) + b; s is [.., 1]. */
  private Tensor reciprocal(Tensor sums) {
    HingeNetwork t = Objects.requireNonNull(parameters.normalizer());
    double[] slopes = new double[t.hinges()];
    for (int j = 0; j < slopes.length; j++) {
      slopes[j] = -1 / t.knots()[j];
    }
    torch.ScalarType type = sums.scalar_type();
    Tensor slope = Torch.doubles(slopes, slopes.length).to(type);
    Tensor coefficient = Torch.doubles(t.coefficients().clone(), slopes.length).to(type);
    Tensor hinges = torch.relu(Torch.plus(sums.mul(slope), 1)).mul(coefficient);
    Tensor sum = rowSums(hinges);
    return Torch.plus(sum, t.bias());
  }

  private Tensor power(int layer, Tensor scores, Tensor keys) {
    Tensor scale = parameters.get(Parameters.power(layer) + "scale");
    Tensor offset = parameters.get(Parameters.power(layer) + "offset");
    Tensor root = scores.mul(scale).add(offset);
    Tensor count = rowSums(keys);
    return root.mul(root).mul(keys).div(count);
  }

  /** Sums over the last dimension, which stays with length 1. */
  private static Tensor rowSums(Tensor x) {
    return x.sum(new long[] {-1}, true, new ScalarTypeOptional());
  }
}
