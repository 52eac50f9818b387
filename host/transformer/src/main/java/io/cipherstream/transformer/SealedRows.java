package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a CQ as vectors of F positions, in the order in which {@link SealedWeights}
 * encodes them; zeros without weights.
 */
record SealedRows(SealedLayout layout, SealedShape shape, @Nullable MergedEncoder merged) {

  /** F. */
  private int features() {
    return layout.features();
  }

  /** Index of a neuron at position i of a block, or −1. */
  private int neuron(int block, int i) {
    int neuron = block * features() + i;
    return neuron < shape.neurons() ? neuron : -1;
  }

  /** Which rows a piece of level 1 has: neurons, or one head's score at every position. */
  private MergedEncoder.Window window(MergedEncoder of, int piece) {
    return piece < shape.blocks(features()) ? of.hidden() : of.scores();
  }

  /** Row of {@link #window} at position i of a piece, or −1. */
  private int row(int piece, int i) {
    int blocks = shape.blocks(features());
    return piece < blocks ? neuron(piece, i) : piece - blocks;
  }

  private double factor(MergedEncoder.Window window, int row, int offset, int feature) {
    boolean there = Math.abs(offset) <= WindowMixing.REACH && feature < layout.width() && row >= 0;
    return there ? window.offsets().get(offset + WindowMixing.REACH)[row][feature] : 0;
  }

  /** Diagonal of a piece, rotated back by its giant step. */
  double[] diagonal(int index) {
    int f = features();
    double[] out = new double[f];
    if (merged == null) {
      return out;
    }
    int piece = index / layout.diagonals();
    int diagonal = index % layout.diagonals() + 1;
    int block = diagonal / f;
    int d = diagonal % f;
    int giant = d - d % layout.babySteps();
    MergedEncoder.Window window = window(merged, piece);
    for (int i = 0; i < f; i++) {
      int row = row(piece, i);
      int feature = (i + d) % f;
      double value;
      if (block == SealedLayout.SHIFTS) {
        value = row >= 0 && feature < layout.width() ? window.mean()[row][feature] : 0;
      } else {
        int offset = SealedLayout.offset(block) + (i + d < f ? 0 : 1);
        value = factor(window, row, offset, feature);
      }
      out[(i + giant) % f] = value;
    }
    return out;
  }

  /** Constants of h or e, one piece. */
  double[] constant(int piece) {
    double[] out = new double[features()];
    for (int i = 0; merged != null && i < out.length; i++) {
      int row = row(piece, i);
      out[i] = row < 0 ? 0 : window(merged, piece).constant()[row];
    }
    return out;
  }

  /** Factors of h², one a row of values and block. */
  double[] square(int index) {
    double[] out = new double[features()];
    int blocks = shape.blocks(features());
    for (int i = 0; merged != null && i < out.length; i++) {
      int neuron = neuron(index % blocks, i);
      out[i] = neuron < 0 ? 0 : merged.squares()[index / blocks][neuron];
    }
    return out;
  }

  /** Factors of the rows at each offset and of the mean, one a row of values and block seen. */
  double[] linear(int index) {
    double[] out = new double[features()];
    int row = index / SealedLayout.SEEN;
    int block = index % SealedLayout.SEEN + 1;
    for (int i = 0; merged != null && i < layout.width(); i++) {
      out[i] =
          block == SealedLayout.SHIFTS
              ? merged.values().mean()[row][i]
              : factor(merged.values(), row, SealedLayout.offset(block), i);
    }
    return out;
  }

  /** The constant of a row of values, spread over its F positions, since all slots are summed. */
  double[] added(int row) {
    double[] out = new double[features()];
    if (merged != null) {
      Arrays.fill(out, merged.values().constant()[row] / features());
    }
    return out;
  }

  /** The constant of an output at every position. */
  double[] output(int output) {
    double[] out = new double[features()];
    Arrays.fill(out, merged == null ? 0 : merged.constants()[output]);
    return out;
  }
}
