package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.NormLayer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a model in one token class. PAPER and COMPACT share one encoding.
 *
 * <p>Immutable; read by any number of inferences at once.
 */
final class EncodedModel implements EncodedWeights {

  private final List<EncodedLayer> layers;
  private final PeriodicPlaintexts queryMasks;
  private final PeriodicPlaintexts headMask;
  private final PeriodicPlaintexts weightMasks;
  private final @Nullable EncodedLinear pooler;
  private final @Nullable EncodedLinear classifier;
  private final @Nullable PeriodicPlaintexts outputGamma;
  private final @Nullable PeriodicPlaintexts outputBeta;

  private EncodedModel(
      List<EncodedLayer> layers,
      PeriodicPlaintexts queryMasks,
      PeriodicPlaintexts headMask,
      PeriodicPlaintexts weightMasks,
      @Nullable EncodedLinear pooler,
      @Nullable EncodedLinear classifier,
      @Nullable PeriodicPlaintexts outputGamma,
      @Nullable PeriodicPlaintexts outputBeta) {
    this.layers = layers;
    this.queryMasks = queryMasks;
    this.headMask = headMask;
    this.weightMasks = weightMasks;
    this.pooler = pooler;
    this.classifier = classifier;
    this.outputGamma = outputGamma;
    this.outputBeta = outputBeta;
  }

  /**
   * Encodes a model's weights, layers in parallel.
   *
   * @param weights null to trace shapes only
   */
  static EncodedModel encode(
      ModelContext context,
      @Nullable EncoderWeights weights,
      PlainSource source,
      Parallel parallel) {
    int hinges = context.shape().hinges();
    List<EncodedLayer> layers =
        parallel.map(
            context.shape().layers(),
            i ->
                EncodedLayer.encode(
                    source,
                    context.packing(),
                    context.scales(),
                    context.mode(),
                    i,
                    hinges,
                    weights == null ? LayerValues.none() : new LayerMath(weights, i)));
    Scales.LinearScale head = context.scales().head();
    EncodedLinear pooler = null;
    EncodedLinear classifier = null;
    PeriodicPlaintexts gamma = null;
    PeriodicPlaintexts beta = null;
    if (context.shape().hasClassifier()) {
      DenseLayer pooling = weights == null ? null : weights.pooler();
      DenseLayer classifying = weights == null ? null : weights.classifier();
      if (context.shape().pooler().exists()) {
        pooler = head(source, context.packing().pooler(), head, folded(weights, pooling, true));
      }
      classifier =
          head(
              source,
              context.packing().classifier(),
              head,
              folded(weights, classifying, !context.shape().pooler().exists()));
    } else {
      NormLayer norm = weights == null ? null : LayerMath.lastNorm(weights);
      FeatureLayout hidden = context.packing().hidden();
      gamma =
          EncodedLinear.features(
              source, hidden, i -> norm == null ? 0 : norm.gamma()[i], head.limbs(), head.weight());
      beta =
          EncodedLinear.features(
              source, hidden, i -> norm == null ? 0 : norm.beta()[i], head.limbs(), head.output());
    }
    return new EncodedModel(
        layers,
        queryMasks(source, context.packing()),
        headMask(source, context.packing()),
        weightMasks(source, context.packing()),
        pooler,
        classifier,
        gamma,
        beta);
  }

  private static LayerValues.Folded folded(
      @Nullable EncoderWeights weights, @Nullable DenseLayer layer, boolean onLastNorm) {
    if (weights == null || layer == null) {
      return LayerValues.Folded.ZERO;
    }
    return onLastNorm ? LayerMath.head(weights, layer) : LayerMath.plain(layer);
  }

  private static EncodedLinear head(
      PlainSource source,
      DiagonalStructure structure,
      Scales.LinearScale scale,
      LayerValues.Folded values) {
    return EncodedLinear.encode(
        source, structure, values, scale.limbs(), scale.input(), scale.weight());
  }

  /** Mask b: 1 on part b of every head. */
  private static PeriodicPlaintexts queryMasks(PlainSource source, Packing packing) {
    ScoreLayout scores = packing.scores();
    return source.encode(
        scores.parts(),
        part -> {
          double[] row = new double[packing.tokens().features()];
          for (int i = 0; i < row.length; i++) {
            row[i] = i % scores.stride() / scores.partWidth() == part ? 1 : 0;
          }
          return row;
        },
        Scales.ATTENTION_LIMBS,
        Scales.QUERY_MASK);
  }

  /** 1 at the first position of every head. */
  private static PeriodicPlaintexts headMask(PlainSource source, Packing packing) {
    return source.encode(
        1,
        row -> {
          double[] mask = new double[packing.tokens().features()];
          for (int i = 0; i < mask.length; i += packing.stride()) {
            mask[i] = 1;
          }
          return mask;
        },
        Scales.ATTENTION_LIMBS,
        Scales.HINGE_MASK);
  }

  /** Mask j: 1 at the places of every head that get a weight from one rotation. */
  private static PeriodicPlaintexts weightMasks(PlainSource source, Packing packing) {
    WeightLayout weights = packing.weights();
    return source.encode(
        weights.offsets(),
        j -> {
          double[] mask = new double[packing.tokens().features()];
          for (int i = 0; i < mask.length; i++) {
            mask[i] = i % weights.stride() / weights.run() == j ? 1 : 0;
          }
          return mask;
        },
        Scales.PACKED_LIMBS,
        Scales.WEIGHT_MASK);
  }

  EncodedLayer layer(int index) {
    return layers.get(index);
  }

  PeriodicPlaintexts queryMasks() {
    return queryMasks;
  }

  PeriodicPlaintexts headMask() {
    return headMask;
  }

  PeriodicPlaintexts weightMasks() {
    return weightMasks;
  }

  /** The pooler's matrix, if the model has one. */
  @Nullable EncodedLinear pooler() {
    return pooler;
  }

  /** The classifier; null for an embedding model. */
  @Nullable EncodedLinear classifier() {
    return classifier;
  }

  /** γ of the last norm for an embedding model. */
  @Nullable PeriodicPlaintexts outputGamma() {
    return outputGamma;
  }

  /** β of the last norm for an embedding model. */
  @Nullable PeriodicPlaintexts outputBeta() {
    return outputBeta;
  }

  @Override
  public StepProgram start(PlanContext context, RandomGenerator random) {
    ModelContext own = (ModelContext) context;
    return new EncoderProgram(own, this, AttentionMode.of(own, this, random));
  }
}
