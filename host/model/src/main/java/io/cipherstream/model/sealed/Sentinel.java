package io.cipherstream.model.sealed;

import io.cipherstream.model.ModelException;
import java.util.ArrayList;
import java.util.List;

/**
 * A value that tells whether a text was within the range a model was calibrated for: the mean
 * square of a quantity over a text's rows and features, over its bound. Beyond 1 the answer is not
 * to be trusted.
 *
 * @param layer index of the layer
 * @param bound largest mean square of a text in range, above 0
 */
public record Sentinel(int layer, Quantity quantity, double bound) {

  /** Bounds are so many times the largest mean square that calibration saw. */
  public static final double MARGIN = 4;

  /**
   * @throws ModelException of kind VALUE if the bound is not finite and positive
   */
  public Sentinel {
    if (!(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "sentinel of layer "
              + layer
              + " with a bound of "
              + bound
              + " for "
              + quantity
              + ": expected a finite, positive number");
    }
  }

  /**
   * The sentinels of a model: its scores, its pre-activations, what edges of a degree above 2 make
   * of them, and its last residual.
   *
   * @param seen on texts in range
   */
  public static List<Sentinel> of(RangeSurvey seen) {
    List<Sentinel> out = new ArrayList<>();
    for (int layer = 0; layer < SealedEncoder.LAYERS; layer++) {
      for (Quantity quantity :
          List.of(
              Quantity.SCORE,
              Quantity.PRE_ACTIVATION,
              Quantity.MIDDLE_FEATURE,
              Quantity.RESIDUAL)) {
        boolean wanted = quantity != Quantity.RESIDUAL || layer == SealedEncoder.LAYERS - 1;
        if (wanted && seen.has(layer, quantity)) {
          out.add(new Sentinel(layer, quantity, MARGIN * seen.meanSquare(layer, quantity)));
        }
      }
    }
    return out;
  }

  /** The value for one text; in range up to 1. */
  public double value(RangeSurvey text) {
    return text.meanSquare(layer, quantity) / bound;
  }

  /**
   * Whether a decrypted value says that the text was in range. A mean square is not negative, but
   * for noise: a value that is came from a ciphertext that wrapped around.
   */
  public boolean holds(double value) {
    return value <= 1 && value >= -0.5;
  }
}
