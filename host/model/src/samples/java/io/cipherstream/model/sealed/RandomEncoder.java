package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Polynomial encoders with random weights, whose values stay near 1; for the tests of several
 * modules.
 */
public record RandomEncoder(ModelShape shape, Random random) {

  /** The sentinels of a deep spec, with a bound of 50 each. */
  public static final List<Sentinel> SENTINELS =
      List.of(
          new Sentinel(0, Quantity.PRE_ACTIVATION, 50),
          new Sentinel(1, Quantity.SCORE, 50),
          new Sentinel(1, Quantity.PRE_ACTIVATION, 50),
          new Sentinel(1, Quantity.RESIDUAL, 50));

  /** {@link #SENTINELS}, and for edges of a degree above 2 that of their middle feature. */
  public static List<Sentinel> sentinels(SealedSpec spec) {
    List<Sentinel> sentinels = new ArrayList<>(SENTINELS);
    if (spec.edges() > 2) {
      sentinels.add(new Sentinel(1, Quantity.MIDDLE_FEATURE, 50));
    }
    return sentinels;
  }

  /** One with the next random weights. */
  public SealedEncoder of(String spec) {
    SealedSpec parsed = SealedSpec.parse(spec);
    return new SealedEncoder(
        shape,
        parsed,
        IntStream.range(0, parsed.layers()).mapToObj(i -> layer(parsed, i)).toList(),
        dense(shape.outputs(), shape.width()));
  }

  private SealedLayer layer(SealedSpec spec, int index) {
    LayerLetter letter = spec.letter(index);
    int width = shape.width();
    Mixing mixing;
    if (letter == LayerLetter.C) {
      List<DenseLayer> offsets = new ArrayList<>();
      for (int o = 0; o < WindowMixing.OFFSETS; o++) {
        float[] map = floats(width * width, 0.3 / Math.sqrt(width), 0);
        offsets.add(new DenseLayer(width, width, map, new float[width]));
      }
      mixing = new WindowMixing(offsets, dense(width, width));
    } else if (letter.pools()) {
      mixing =
          new PooledAttention(
              dense(shape.heads(), width), dense(width, width), dense(width, width));
    } else {
      mixing =
          new SelfAttention(
              dense(width, width),
              dense(width, width),
              dense(width, width),
              dense(width, width),
              floats(shape.heads(), 0.1, 0.3),
              floats(shape.heads(), 0.1, 1));
    }
    return new SealedLayer(mixing, norm(), letter == LayerLetter.Q ? null : network(spec, index));
  }

  private FeedForward network(SealedSpec spec, int layer) {
    int neurons = shape.ffnWidth();
    DenseLayer intermediate = dense(neurons, shape.width());
    HiddenFunctions functions =
        spec.hasEdges()
            ? new EdgeFeatures(spec.degree(layer))
            : new NeuronQuadratics(floats(neurons, 0.05, 0.15), floats(neurons, 0.1, 0.5), 0.2f);
    return new FeedForward(
        intermediate, functions, dense(shape.width(), functions.count(neurons)), norm());
  }

  private DenseLayer dense(int outputs, int inputs) {
    return new DenseLayer(
        outputs,
        inputs,
        floats(outputs * inputs, 0.5 / Math.sqrt(inputs), 0),
        floats(outputs, 0.2, 0));
  }

  private NormLayer norm() {
    return norm(shape.width(), random);
  }

  static NormLayer norm(int width, Random random) {
    return new NormLayer(floats(width, 0.1, 1, random), floats(width, 0.1, 0, random));
  }

  private float[] floats(int count, double spread, double centre) {
    return floats(count, spread, centre, random);
  }

  /** Normally distributed numbers. */
  static float[] floats(int count, double spread, double centre, Random random) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) (centre + spread * random.nextGaussian());
    }
    return out;
  }
}
