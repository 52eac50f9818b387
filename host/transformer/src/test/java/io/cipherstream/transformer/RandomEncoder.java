package io.cipherstream.transformer;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.sealed.FeedForward;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.Mixing;
import io.cipherstream.model.sealed.PooledAttention;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedLayer;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.SelfAttention;
import io.cipherstream.model.sealed.Sentinel;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Polynomial encoders with random weights, whose values stay near 1. */
record RandomEncoder(ModelShape shape, Random random) {

  /** The sentinels of a deep spec, with a bound of 50 each. */
  static final List<Sentinel> SENTINELS =
      List.of(
          new Sentinel(0, Quantity.PRE_ACTIVATION, 50),
          new Sentinel(1, Quantity.SCORE, 50),
          new Sentinel(1, Quantity.PRE_ACTIVATION, 50),
          new Sentinel(1, Quantity.RESIDUAL, 50));

  SealedEncoder of(String spec) {
    SealedSpec parsed = SealedSpec.parse(spec);
    return new SealedEncoder(
        shape,
        parsed,
        List.of(layer(parsed.first()), layer(parsed.second())),
        dense(shape.outputs(), shape.width()));
  }

  private SealedLayer layer(LayerLetter letter) {
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
    FeedForward network =
        letter == LayerLetter.Q
            ? null
            : new FeedForward(
                dense(shape.ffnWidth(), width),
                floats(shape.ffnWidth(), 0.05, 0.15),
                floats(shape.ffnWidth(), 0.1, 0.5),
                0.2f,
                dense(width, shape.ffnWidth()),
                norm());
    return new SealedLayer(mixing, norm(), network);
  }

  private DenseLayer dense(int outputs, int inputs) {
    return new DenseLayer(
        outputs,
        inputs,
        floats(outputs * inputs, 0.5 / Math.sqrt(inputs), 0),
        floats(outputs, 0.2, 0));
  }

  private NormLayer norm() {
    return new NormLayer(floats(shape.width(), 0.1, 1), floats(shape.width(), 0.1, 0));
  }

  private float[] floats(int count, double spread, double centre) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) (centre + spread * random.nextGaussian());
    }
    return out;
  }
}
