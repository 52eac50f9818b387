package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.NormKind;

/**
 * The replacements of GELU, softmax and LayerNorm.
 *
 * @param polynomialShare λ in [0, 1] on the way to the polynomial variant: activation and attention
 *     weights are (1 − λ)·(ReLU, THE-X) + λ·(quadratic, power). It is 0 for all others; activation
 *     QUADRATIC with attention POWER is the same as λ = 1
 */
public record Kinds(
    Activation activation, AttentionKind attention, NormKind norm, double polynomialShare) {

  /** GELU, softmax, LayerNorm. */
  public static final Kinds EXACT = of(Activation.GELU, AttentionKind.SOFTMAX, NormKind.FULL);

  /** ReLU, THE-X's attention, LayerNorm. */
  public static final Kinds ATTENTION = of(Activation.RELU, AttentionKind.THEX, NormKind.FULL);

  /** ReLU, THE-X's attention, affine norms: full THE-X. */
  public static final Kinds THEX = of(Activation.RELU, AttentionKind.THEX, NormKind.AFFINE);

  /** Quadratic activation, power attention, affine norms. */
  public static final Kinds POLYNOMIAL =
      of(Activation.QUADRATIC, AttentionKind.POWER, NormKind.AFFINE);

  /** Kinds without a mixture. */
  public static Kinds of(Activation activation, AttentionKind attention, NormKind norm) {
    return new Kinds(activation, attention, norm, 0);
  }

  /** On the way from {@link #THEX} (share 0) to {@link #POLYNOMIAL} (share 1). */
  public static Kinds towardsPolynomial(double share) {
    return share >= 1
        ? POLYNOMIAL
        : new Kinds(Activation.RELU, AttentionKind.THEX, NormKind.AFFINE, share);
  }

  /** Whether attention weights are THE-X's, wholly or in part. */
  public boolean theX() {
    return attention == AttentionKind.THEX;
  }

  /** Whether attention weights are a power's, wholly or in part. */
  public boolean power() {
    return attention == AttentionKind.POWER || polynomialShare > 0;
  }
}
