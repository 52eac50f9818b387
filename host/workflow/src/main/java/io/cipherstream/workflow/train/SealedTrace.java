package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.Quantity;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The values that a {@link SealedForward} computed, with padding as 0, and by how much they are too
 * large.
 */
final class SealedTrace {

  /** Weight of the size itself, beside the excess, when texts are compared. */
  private static final double SIZE = 0.1;

  private record Seen(int layer, Quantity quantity, Tensor values) {}

  private final List<Seen> seen = new ArrayList<>();

  /**
   * @param values [batch, …], 0 where there is no word piece
   */
  void see(int layer, Quantity quantity, Tensor values) {
    seen.add(new Seen(layer, quantity, values));
  }

  /** Σ over quantities and entries of (ReLU(|x| − limit)/limit)² per text; [batch]. */
  Tensor excess(RangeLimits limits) {
    @Nullable Tensor sum = null;
    for (Seen one : seen) {
      double limit = limits.of(one.quantity());
      if (limit > 0) {
        Tensor part = squares(one.values(), limit);
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum(sum);
  }

  /**
   * The badness of a text, [batch]: the logarithms of the excess and of the largest values, summed
   * over quantities, so that none dominates.
   */
  Tensor badness(RangeLimits limits) {
    @Nullable Tensor sum = null;
    for (Seen one : seen) {
      double limit = limits.of(one.quantity());
      if (limit > 0) {
        Tensor largest = flat(one.values()).abs().amax(new long[] {1}, false);
        Tensor size = torch.log1p(Torch.scaled(largest, 1 / limit));
        Tensor part = torch.log1p(squares(one.values(), limit)).add(Torch.scaled(size, SIZE));
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum(sum);
  }

  private static Tensor squares(Tensor values, double limit) {
    Tensor beyond = torch.relu(flat(values).abs().sub(new Scalar(limit)));
    return Torch.scaled(beyond.square().sum(1L), 1 / (limit * limit));
  }

  private static Tensor flat(Tensor values) {
    return values.reshape(values.size(0), -1);
  }

  private static Tensor sum(@Nullable Tensor sum) {
    if (sum == null) {
      throw new IllegalStateException("no quantity has a limit");
    }
    return sum;
  }
}
