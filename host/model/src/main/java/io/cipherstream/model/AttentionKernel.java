package io.cipherstream.model;

import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/** Turns one query's scores into attention weights. */
interface AttentionKernel {

  /**
   * Replaces scores by weights in place.
   *
   * @return the row sum before normalisation
   */
  double apply(double[] scores);

  static AttentionKernel of(
      AttentionKind kind, LayerWeights weights, PlaintextTransformer.Reciprocal reciprocal) {
    return switch (kind) {
      case SOFTMAX, RELATIVE -> AttentionKernel::softmax;
      case THEX -> {
        HingeNetwork t = Objects.requireNonNull(weights.normalizer());
        yield reciprocal == PlaintextTransformer.Reciprocal.EXACT
            ? row -> theX(row, s -> s == 0 ? 0 : 1 / s)
            : row -> theX(row, t::evaluate);
      }
      case POWER -> {
        PowerAttention power = Objects.requireNonNull(weights.power());
        yield row -> power(row, power);
      }
    };
  }

  /** exp(xᵢ − max x) / Σ. */
  static double softmax(double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (double x : row) {
      max = Math.max(max, x);
    }
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      row[i] = Math.exp(row[i] - max);
      sum += row[i];
    }
    for (int i = 0; i < row.length; i++) {
      row[i] /= sum;
    }
    return sum;
  }

  /** eᵢ · T(Σ e), eᵢ = ReLU((xᵢ/2 + 1)³). */
  private static double theX(double[] row, DoubleUnaryOperator normaliser) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      double t = Math.max(0, row[i] / 2 + 1);
      row[i] = t * t * t;
      sum += row[i];
    }
    double factor = normaliser.applyAsDouble(sum);
    for (int i = 0; i < row.length; i++) {
      row[i] *= factor;
    }
    return sum;
  }

  private static double power(double[] row, PowerAttention power) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      row[i] = power.weight(row[i], row.length);
      sum += row[i];
    }
    return sum;
  }
}
