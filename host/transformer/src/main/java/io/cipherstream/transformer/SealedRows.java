package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** Results of level 1: neurons, then each head's score at every position. */
  List<WindowPiece> pieces() {
    int blocks = shape.blocks(features());
    List<WindowPiece> pieces = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      int block = b;
      pieces.add(new WindowPiece(merged == null ? null : merged.hidden(), i -> neuron(block, i)));
    }
    for (int h = 0; h < shape.heads(); h++) {
      int head = h;
      pieces.add(new WindowPiece(merged == null ? null : merged.scores(), i -> head));
    }
    return pieces;
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
              : WindowMatrix.factor(merged.values(), row, SealedLayout.offset(block), i);
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
