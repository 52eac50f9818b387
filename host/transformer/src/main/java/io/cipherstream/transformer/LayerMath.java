package io.cipherstream.transformer;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.HingeNetwork;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.NormLayer;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one encoder layer with every affine norm folded into what follows it.
 *
 * <p>What enters is y, with x = γ∘y + β the true activation: y is what the client returned, either
 * normalised (a full LayerNorm computed at the client) or plain (an affine norm). So W·x + b
 * becomes (W∘γ)·y + (b + W·β), and the residual x becomes γ∘y with β added to the bias.
 */
final class LayerMath implements LayerValues {

  private final LayerWeights weights;
  private final @Nullable NormLayer inputNorm;
  private final double queryFactor;

  LayerMath(EncoderWeights model, int layer) {
    this.weights = model.layers().get(layer);
    this.inputNorm = layer == 0 ? null : model.layers().get(layer - 1).outputNorm();
    this.queryFactor = 1 / Math.sqrt(model.shape().headWidth());
  }

  private static double gamma(@Nullable NormLayer norm, int feature) {
    return norm == null ? 1 : norm.gamma()[feature];
  }

  private static double beta(@Nullable NormLayer norm, int feature) {
    return norm == null ? 0 : norm.beta()[feature];
  }

  private static Folded fold(DenseLayer layer, @Nullable NormLayer norm, double factor) {
    double[] bias = new double[layer.outputs()];
    for (int i = 0; i < bias.length; i++) {
      double sum = layer.bias(i);
      for (int j = 0; j < layer.inputs(); j++) {
        sum += layer.weight(i, j) * beta(norm, j);
      }
      bias[i] = factor * sum;
    }
    return new Folded((i, j) -> factor * layer.weight(i, j) * gamma(norm, j), i -> bias[i]);
  }

  @Override
  public Folded query() {
    return fold(weights.query(), inputNorm, queryFactor);
  }

  @Override
  public Folded key() {
    return fold(weights.key(), inputNorm, 1);
  }

  @Override
  public Folded value() {
    return fold(weights.value(), inputNorm, 1);
  }

  @Override
  public Folded attentionOutput() {
    DenseLayer layer = weights.attentionOutput();
    return new Folded(layer::weight, i -> layer.bias(i) + beta(inputNorm, i));
  }

  @Override
  public IntToDoubleFunction attentionResidual() {
    return i -> gamma(inputNorm, i);
  }

  @Override
  public Folded intermediate() {
    return fold(weights.intermediate(), weights.attentionNorm(), 1);
  }

  @Override
  public Folded ffnOutput() {
    DenseLayer layer = weights.output();
    NormLayer norm = weights.attentionNorm();
    return new Folded(layer::weight, i -> layer.bias(i) + beta(norm, i));
  }

  @Override
  public IntToDoubleFunction ffnResidual() {
    return i -> gamma(weights.attentionNorm(), i);
  }

  @Override
  public @Nullable HingeNetwork hinges() {
    return weights.normalizer();
  }

  /** The pooler or classifier on the last layer's folded norm. */
  static Folded head(EncoderWeights model, DenseLayer layer) {
    return fold(layer, lastNorm(model), 1);
  }

  /** A matrix as it is. */
  static Folded plain(DenseLayer layer) {
    return fold(layer, null, 1);
  }

  /** The last layer's norm. */
  static NormLayer lastNorm(EncoderWeights model) {
    return model.layers().get(model.layers().size() - 1).outputNorm();
  }
}
