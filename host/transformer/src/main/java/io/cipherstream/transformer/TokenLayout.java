package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import java.util.List;

/**
 * Token-major slots: slot(t, j) = t·F + j for T tokens of F = N/(2T) features.
 *
 * <p>Rotating by a multiple of F rotates whole tokens cyclically over the class.
 *
 * @param tokens T, a power of two
 * @param features F, a power of two
 */
public record TokenLayout(int tokens, int features) {

  /** Token classes an appliance packs for. */
  public static final List<Integer> CLASSES = List.of(16, 32, 64);

  public TokenLayout {
    if (Integer.bitCount(tokens) != 1 || Integer.bitCount(features) != 1) {
      throw new IllegalArgumentException(
          "layout of " + tokens + " tokens × " + features + " features: expected powers of two");
    }
  }

  /** The layout of a token class. */
  public static TokenLayout of(int tokenClass, CkksParameters parameters) {
    if (!CLASSES.contains(tokenClass)) {
      throw new IllegalArgumentException(
          "token class " + tokenClass + ": expected one of " + CLASSES);
    }
    return new TokenLayout(tokenClass, parameters.slots() / tokenClass);
  }

  /** N/2. */
  public int slots() {
    return tokens * features;
  }

  /** Slot of feature j of token t. */
  public int slot(int token, int feature) {
    return token * features + feature;
  }
}
