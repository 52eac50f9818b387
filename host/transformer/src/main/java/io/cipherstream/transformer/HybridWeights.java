package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.NormLayer;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a model in mode hybrid for one F: real diagonals, or whole numbers for F =
 * 1, which multiply both tokens of a slot, and constants with the same real and imaginary part.
 * Affine norms are folded in as {@link LayerMath} says. Immutable; read by any number of inferences
 * at once.
 *
 * @param pooler null if the model has none
 * @param classifier null for a model that embeds, unless each feature has a ciphertext of its own:
 *     then it is γ and β of the last norm
 * @param outputGamma else γ of the last norm of a model that embeds
 * @param outputBeta and its β
 */
record HybridWeights(
    List<Layer> layers,
    @Nullable HybridLinear pooler,
    @Nullable HybridLinear classifier,
    @Nullable PeriodicPlaintexts outputGamma,
    @Nullable PeriodicPlaintexts outputBeta)
    implements EncodedWeights {

  /**
   * One layer.
   *
   * @param projections Q over √d, K and V, one below the other
   * @param attentionOutput with γ of what enters the layer
   * @param ffnOutput with γ of what enters the feed-forward network
   */
  record Layer(
      HybridLinear projections,
      HybridLinear attentionOutput,
      HybridLinear intermediate,
      HybridLinear ffnOutput) {}

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
    private final @Nullable Structures structures;

    Encoding(HybridContext context, @Nullable EncoderWeights weights, PlainSource source) {
      this.context = context;
      this.scales = context.scales();
      this.weights = weights;
      this.source = source.withPeriod(context.features());
      this.structures = context.whole() ? null : Structures.of(context);
    }

    HybridWeights all(Parallel parallel) {
      List<Layer> layers = parallel.map(context.shape().layers(), this::layer);
      FeatureLayout hidden = context.hidden();
      if (!context.shape().hasClassifier()) {
        NormLayer norm = weights == null ? null : LayerMath.lastNorm(weights);
        Scales.LinearScale head = scales.head();
        if (context.whole()) {
          LayerValues.Folded affine =
              new LayerValues.Folded(
                  (i, j) -> norm == null || i != j ? 0 : norm.gamma()[i],
                  i -> norm == null ? 0 : norm.beta()[i]);
          return new HybridWeights(
              layers, null, linear(s -> s.square, hidden, hidden, affine, head), null, null);
        }
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
          pools
              ? linear(s -> s.square, hidden, hidden, head(pooling, true), scales.pooler())
              : null,
          linear(
              s -> s.classifier,
              context.outputs(),
              hidden,
              head(classifying, !pools),
              scales.head()),
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
      FeatureLayout ffn = context.ffn();
      return new Layer(
          linear(s -> s.projections, context.projections(), hidden, stacked(math), in),
          linear(
              s -> s.square,
              hidden,
              hidden,
              math.attentionOutput(),
              o,
              math.attentionResidual(),
              in.input()),
          linear(s -> s.intermediate, ffn, hidden, math.intermediate(), f1),
          linear(
              s -> s.ffnOutput, hidden, ffn, math.ffnOutput(), f2, math.ffnResidual(), f1.input()));
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

    private HybridLinear linear(
        Function<Structures, DiagonalStructure> structure,
        FeatureLayout out,
        FeatureLayout in,
        LayerValues.Folded values,
        Scales.LinearScale scale) {
      return linear(structure, out, in, values, scale, null, 1);
    }

    /**
     * @param gamma of a residual, or null
     * @param residualScale that it has
     */
    private HybridLinear linear(
        Function<Structures, DiagonalStructure> structure,
        FeatureLayout out,
        FeatureLayout in,
        LayerValues.Folded values,
        Scales.LinearScale scale,
        @Nullable IntToDoubleFunction gamma,
        double residualScale) {
      if (structures == null) {
        return WholeLinear.encode(source, out.count(), in.count(), values, gamma, scale);
      }
      return new HybridLinear.Diagonals(
          EncodedLinear.pairs(source, structure.apply(structures), values, scale),
          gamma == null
              ? null
              : EncodedLinear.features(source, out, gamma, 1, scale.output() / residualScale));
    }
  }

  /** Which diagonals there are, the same for all layers. */
  private record Structures(
      DiagonalStructure projections,
      DiagonalStructure square,
      DiagonalStructure intermediate,
      DiagonalStructure ffnOutput,
      DiagonalStructure classifier) {

    static Structures of(HybridContext context) {
      FeatureLayout hidden = context.hidden();
      return new Structures(
          structure(context.projections(), hidden),
          structure(hidden, hidden),
          structure(context.ffn(), hidden),
          structure(hidden, context.ffn()),
          structure(context.outputs(), hidden));
    }

    private static DiagonalStructure structure(FeatureLayout out, FeatureLayout in) {
      return new DiagonalStructure(
          out, in, DiagonalStructure.bestBabySteps(out.blocks(), in.blocks(), in.features()));
    }
  }
}
