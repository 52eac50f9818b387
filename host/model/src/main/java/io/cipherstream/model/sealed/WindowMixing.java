package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import java.util.Arrays;
import java.util.List;

/**
 * z_t = Σ_{o=−3..3} U_o·x_{t+o} + U_m·mean(x) + b. A token that is not there contributes nothing.
 *
 * @param offsets U₋₃ to U₃, each width × width, their biases 0
 * @param mean U_m with the bias b
 */
public record WindowMixing(List<DenseLayer> offsets, DenseLayer mean) implements Mixing {

  /** Tokens that a window reaches to either side. */
  public static final int REACH = 3;

  /** Matrices over tokens: one an offset. */
  public static final int OFFSETS = 2 * REACH + 1;

  /**
   * @throws ModelException of kind SHAPE if there are not {@link #OFFSETS} offsets, VALUE if one of
   *     them has a bias
   */
  public WindowMixing {
    offsets = List.copyOf(offsets);
    if (offsets.size() != OFFSETS) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a window of " + offsets.size() + " offsets: expected " + OFFSETS);
    }
    for (DenseLayer offset : offsets) {
      if (!Arrays.equals(offset.bias(), new float[offset.outputs()])) {
        throw new ModelException(
            ModelException.Kind.VALUE, "an offset of a window has a bias: only the mean's has one");
      }
    }
  }
}
