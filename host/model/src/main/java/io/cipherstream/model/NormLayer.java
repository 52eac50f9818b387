package io.cipherstream.model;

/**
 * The affine part x∘γ + β of a norm, and the whole norm when it is {@link NormKind#AFFINE}.
 *
 * @param gamma γ, one value a feature; not copied, not to be changed
 * @param beta β, one value a feature; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record NormLayer(float[] gamma, float[] beta) {

  /**
   * @throws ModelException of kind SHAPE if γ and β differ in length
   */
  public NormLayer {
    if (gamma.length != beta.length || gamma.length == 0) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "norm with " + gamma.length + " γ and " + beta.length + " β: expected equally many");
    }
  }

  /** Number of features. */
  public int width() {
    return gamma.length;
  }

  /** x∘γ + β, in place. */
  public void affine(double[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * gamma[i] + beta[i];
    }
  }

  /** (x − μ)/√(σ² + ε) in place, μ and σ² the mean and the (biased) variance of x. */
  public static void normalise(double[] x, double epsilon) {
    double mean = 0;
    for (double v : x) {
      mean += v;
    }
    mean /= x.length;
    double variance = 0;
    for (double v : x) {
      variance += (v - mean) * (v - mean);
    }
    double inverse = 1 / Math.sqrt(variance / x.length + epsilon);
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - mean) * inverse;
    }
  }
}
