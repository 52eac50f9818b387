package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;

/**
 * Limbs and scales of a CQ's encrypted program. With q₄ … q₁ the primes that its four rescales
 * divide by and Δ the scale of the rows:
 *
 * <pre>
 *   h, e        Δ·q₄ / q₄ = Δ            4 limbs left
 *   h², e²      Δ² / q₃                  3
 *   e²·w        (Δ²/q₃)·Δ / q₂           2
 *   G           (Δ²/q₃)·(q₂/2) / q₂      2, the linear part Δ·(Δ·q₂/(2·q₃))
 *   output      both products / q₁       1
 * </pre>
 *
 * <p>The half in G leaves room for outputs of twice as many: q₀/2 at the outputs' scale, 2^19 at
 * {@code n8192-sealed}, is more than what certificates of trained models prove.
 */
record SealedScales(CkksParameters parameters) {

  /** Limbs of the rows. */
  static final int LIMBS = 5;

  /** Limbs at which squares meet their factors, and of the weights w. */
  static final int SQUARE_LIMBS = 3;

  /** Δ: scale of everything that the client encrypts. */
  static final double INPUT = 1 << 29;

  /**
   * @throws IllegalArgumentException if the parameter set has other than {@value #LIMBS} primes
   */
  SealedScales {
    if (parameters.dataLimbs() != LIMBS) {
      throw new IllegalArgumentException(
          "parameter set "
              + parameters
              + " has "
              + parameters.dataLimbs()
              + " data primes, a program of four levels takes "
              + LIMBS);
    }
  }

  private double prime(int limb) {
    return parameters.dataPrime(limb).value();
  }

  /** Of the matrices of level 1. */
  double matrix() {
    return prime(4);
  }

  /** Of h and e before their rescale, and of their constants. */
  double windowed() {
    return INPUT * matrix();
  }

  /** Of h² and e² after their rescale. */
  double square() {
    return INPUT * INPUT / prime(3);
  }

  /** Of what multiplies h². */
  double squareFactor() {
    return prime(2) / 2;
  }

  /** Of what multiplies the rows at level 3, so that both parts of G have the same scale. */
  double linearFactor() {
    return value() / INPUT;
  }

  /** Of G before its rescale, and of its constants. */
  double value() {
    return square() * squareFactor();
  }

  /** Of the products of level 4 before their rescale. */
  double product() {
    return (square() * INPUT / prime(2)) * (value() / prime(2));
  }

  /** Of [CLS]' own term before level 3's rescale, after which it joins the products. */
  double own() {
    return product() * prime(2);
  }

  /** Of what multiplies h² for [CLS]' own term. */
  double ownSquareFactor() {
    return own() / square();
  }

  /** Of what multiplies the rows for [CLS]' own term. */
  double ownLinearFactor() {
    return own() / INPUT;
  }

  /** Of the outputs. */
  double output() {
    return product() / prime(1);
  }

  /** An output that is larger, or as large, would wrap around in the last ciphertext. */
  double outputMax() {
    return prime(0) / 2 / output();
  }

  /**
   * Whether the last ciphertext holds what a certificate allows.
   *
   * @param bound largest absolute output
   * @throws IllegalArgumentException if it does not
   */
  void holds(double bound) {
    if (!(bound < outputMax())) {
      throw new IllegalArgumentException(
          String.format(
              "outputs of up to %.0f: an answer at parameter set %s holds less than %.0f; train with"
                  + " a lower limit of the logits",
              bound, parameters, outputMax()));
    }
  }
}
