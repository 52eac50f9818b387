package io.cipherstream.model;

/**
 * Attention weight (scale · x + offset)² / n of a score x in a sentence of n tokens.
 *
 * @param scale factor of the score
 * @param offset added after it
 */
public record PowerAttention(double scale, double offset) {

  /**
   * @throws ModelException of kind VALUE if a number is not finite
   */
  public PowerAttention {
    if (!Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new ModelException(
          ModelException.Kind.VALUE, "power attention scale " + scale + ", offset " + offset);
    }
  }

  /** (scale · score + offset)² / tokens. */
  public double weight(double score, int tokens) {
    double root = scale * score + offset;
    return root * root / tokens;
  }
}
