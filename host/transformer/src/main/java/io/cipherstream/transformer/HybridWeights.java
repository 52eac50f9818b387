package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.NormLayer;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a model in mode hybrid for one F: real diagonals, which multiply both
 * tokens of a slot, and constants with the same real and imaginary part. Affine norms are folded in
 * as {@link LayerMath} says. Immutable; read by any number of inferences at once.
 *
 * @param pooler null if the model has none
 * @param classifier null for a model that embeds
 * @param outputGamma γ of the last norm of a model that embeds
 * @param outputBeta its β
 */
record HybridWeights(
    List<Layer> layers,
    @Nullable EncodedLinear pooler,
    @Nullable EncodedLinear classifier,
    @Nullable PeriodicPlaintexts outputGamma,
    @Nullable PeriodicPlaintexts outputBeta)
    implements EncodedWeights {

  /**
   * One layer.
   *
   * @param projections Q over √d, K and V, one below the other
   * @param attentionResidual γ of what enters the layer, at the scale of the output projection
   * @param ffnResidual γ of what enters the feed-forward network, at the scale of its output
   */
  record Layer(
      EncodedLinear projections,
      EncodedLinear attentionOutput,
      PeriodicPlaintexts attentionResidual,
      EncodedLinear intermediate,
      EncodedLinear ffnOutput,
      PeriodicPlaintexts ffnResidual) {}

  /** Encodes a model's weights, layers in parallel. */
  static HybridWeights encode(
      HybridContext context, EncoderWeights weights, PlainSource source, Parallel parallel) {
    return new Encoding(context, weights, source).all(parallel);
  }

  /** Weights of shapes alone. */
  static HybridWeights traced(HybridContext context, PlainSource shapes) {
    return new Encoding(context, null, shapes).all(new Parallel(ForkJoinPool.commonPool(), 1));
  }

  @Override
  public StepProgram start(PlanContext context, RandomGenerator random) {
    return new HybridProgram((HybridContext) context, this);
  }

  /** The making of one encoding; which diagonals exist is worked out once for all layers. */
  private static final class Encoding {

    private final HybridContext context;
    private final HybridScales scales;
    private final @Nullable EncoderWeights weights;
    private final PlainSource source;
    private final DiagonalStructure projections;
    private final DiagonalStructure attentionOutput;
    private final DiagonalStructure intermediate;
    private final DiagonalStructure ffnOutput;

    Encoding(HybridContext context, @Nullable EncoderWeights weights, PlainSource source) {
      this.context = context;
      this.scales = context.scales();
      this.weights = weights;
      this.source = source.withPeriod(context.features());
      this.projections = structure(context.projections(), context.hidden());
      this.attentionOutput = structure(context.hidden(), context.hidden());
      this.intermediate = structure(context.ffn(), context.hidden());
      this.ffnOutput = structure(context.hidden(), context.ffn());
    }

    private static DiagonalStructure structure(FeatureLayout out, FeatureLayout in) {
      return new DiagonalStructure(
          out, in, DiagonalStructure.bestBabySteps(out.blocks(), in.blocks(), in.features()));
    }

    HybridWeights all(Parallel parallel) {
      List<Layer> layers = parallel.map(context.shape().layers(), this::layer);
      FeatureLayout hidden = context.hidden();
      if (!context.shape().hasClassifier()) {
        NormLayer norm = weights == null ? null : LayerMath.lastNorm(weights);
        Scales.LinearScale head = scales.head();
        return new HybridWeights(
            layers,
            null,
            null,
            EncodedLinear.features(
                source, hidden, i -> norm == null ? 0 : norm.gamma()[i], 1, head.weight()),
            EncodedLinear.pairs(
                source, hidden, i -> norm == null ? 0 : norm.beta()[i], 1, head.output()));
      }
      boolean pools = context.shape().pooler().exists();
      DenseLayer pooling = weights == null ? null : weights.pooler();
      DenseLayer classifying = weights == null ? null : weights.classifier();
      return new HybridWeights(
          layers,
          pools ? linear(attentionOutput, head(pooling, true), scales.pooler()) : null,
          linear(structure(context.outputs(), hidden), head(classifying, !pools), scales.head()),
          null,
          null);
    }

    private Layer layer(int index) {
      LayerValues math = weights == null ? LayerValues.none() : new LayerMath(weights, index);
      Scales.LinearScale in = scales.projections(index);
      Scales.LinearScale o = scales.attentionOutput(index);
      Scales.LinearScale f1 = scales.intermediate(index);
      Scales.LinearScale f2 = scales.ffnOutput(index);
      FeatureLayout hidden = context.hidden();
      return new Layer(
          linear(projections, stacked(math), in),
          linear(attentionOutput, math.attentionOutput(), o),
          EncodedLinear.features(
              source, hidden, math.attentionResidual(), 1, o.output() / in.input()),
          linear(intermediate, math.intermediate(), f1),
          linear(ffnOutput, math.ffnOutput(), f2),
          EncodedLinear.features(source, hidden, math.ffnResidual(), 1, f2.output() / f1.input()));
    }

    private LayerValues.Folded stacked(LayerValues math) {
      int width = context.shape().width();
      List<LayerValues.Folded> parts = List.of(math.query(), math.key(), math.value());
      return new LayerValues.Folded(
          (i, j) -> parts.get(i / width).matrix().at(i % width, j),
          i -> parts.get(i / width).bias().applyAsDouble(i % width));
    }

    private LayerValues.Folded head(@Nullable DenseLayer layer, boolean onLastNorm) {
      if (weights == null || layer == null) {
        return LayerValues.Folded.ZERO;
      }
      return onLastNorm ? LayerMath.head(weights, layer) : LayerMath.plain(layer);
    }

    private EncodedLinear linear(
        DiagonalStructure structure, LayerValues.Folded values, Scales.LinearScale scale) {
      return EncodedLinear.pairs(source, structure, values, scale);
    }
  }
}
