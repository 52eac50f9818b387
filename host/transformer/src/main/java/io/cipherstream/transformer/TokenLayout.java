package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.TokenClasses;

/**
 * Token-major slots: slot(t, j) = row(t)·F + j for T tokens of F = N/(2T) features, with token t in
 * row(t) = (t + 1) mod T.
 *
 * <p>Rotating by a multiple of F rotates whole tokens cyclically over the class, so the appliance
 * never sees where the rows begin. Row 0 is left to the last token, which is mostly padding: SEAL's
 * key-switching digits are not centred, which makes an error that falls off as 1/k in the slot of
 * the root ζ^k, and row 0 holds k = 1, 3, 9 and 27. [CLS] would have been there.
 *
 * @param tokens T, a power of two
 * @param features F, a power of two
 */
public record TokenLayout(int tokens, int features) {

  public TokenLayout {
    if (Integer.bitCount(tokens) != 1 || Integer.bitCount(features) != 1) {
      throw new IllegalArgumentException(
          "layout of " + tokens + " tokens × " + features + " features: expected powers of two");
    }
  }

  /** The layout of a token class. */
  public static TokenLayout of(int tokenClass, CkksParameters parameters) {
    if (!TokenClasses.ALL.contains(tokenClass)) {
      throw new IllegalArgumentException(
          "token class " + tokenClass + ": expected one of " + TokenClasses.ALL);
    }
    return new TokenLayout(tokenClass, parameters.slots() / tokenClass);
  }

  /** N/2. */
  public int slots() {
    return tokens * features;
  }

  /** Slot of feature j of token t. */
  public int slot(int token, int feature) {
    return (token + 1) % tokens * features + feature;
  }
}
