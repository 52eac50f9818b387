package io.cipherstream.model.sealed;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.cipherstream.model.ModelException;
import java.util.Locale;

/** What a layer computes on its way; ranges are kept of each. */
public enum Quantity {
  /** q of every row that asks. */
  QUERY,
  /** k of every row. */
  KEY,
  /** v of every row, before it is weighed. */
  VALUE,
  /** e, whose square is the weight: scale·q·k/√d + offset, or S·y + s. */
  SCORE,
  /** e², before it is divided by the number of tokens. */
  WEIGHT,
  /** z, what the mixing adds to a row. */
  MIXED,
  /** y = (x + z)∘γ + β. */
  RESIDUAL,
  /** h = A·y + a. */
  PRE_ACTIVATION,
  /** T_{d/2}(h/8) of edges of a degree d above 2; its square is (B_d + 1)/2. */
  MIDDLE_FEATURE,
  /** g, a polynomial of h, or the features of edges. */
  ACTIVATION,
  /** B·g + b. */
  FEED_FORWARD,
  /** The layer's rows; y itself without a feed-forward network. */
  OUTPUT,
  /** What the model answers; seen with the layer behind the last. */
  LOGIT;

  /** The lower-case name in manifests. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that name
   */
  @JsonCreator
  public static Quantity parse(String name) {
    for (Quantity quantity : values()) {
      if (quantity.text().equals(name)) {
        return quantity;
      }
    }
    throw new ModelException(
        ModelException.Kind.UNSUPPORTED, "quantity '" + name + "' of a sealed model");
  }
}
