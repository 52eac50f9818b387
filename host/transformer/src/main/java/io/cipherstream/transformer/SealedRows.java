package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a CQ as vectors of F positions, in the order in which {@link SealedWeights}
 * encodes them; zeros without weights.
 *
 * <p>What level 3 and [CLS]' term add to an output is halved, since the answer is a sum and its
 * conjugate. Complex vectors are F real parts and then F imaginary ones.
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

  /** Results of level 1: neurons, then the scores, each at its head's positions. */
  List<WindowPiece> pieces() {
    List<WindowPiece> pieces = neurons();
    pieces.add(
        new WindowPiece(merged == null ? null : merged.scores(), SlotRows.real(i -> headAt(i, 0))));
    return pieces;
  }

  /** The neurons alone. */
  List<WindowPiece> neurons() {
    int blocks = shape.blocks(features());
    List<WindowPiece> pieces = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      int block = b;
      pieces.add(
          new WindowPiece(
              merged == null ? null : merged.hidden(), SlotRows.real(i -> neuron(block, i))));
    }
    return pieces;
  }

  /** The head whose positions a turn brings position i to, or −1. */
  private int headAt(int i, int turn) {
    int head = i / shape.positions(features()) - turn;
    return head >= 0 && head < shape.heads() ? head : -1;
  }

  /** Row of values that position i holds of an output before a turn, or −1. */
  private IntUnaryOperator turned(int output, int turn) {
    return i -> headAt(i, turn) < 0 ? -1 : shape.row(output, headAt(i, turn));
  }

  /** Factors of h², one per output, rotation and block. */
  double[] square(int index) {
    int blocks = shape.blocks(features());
    int term = index / blocks;
    return square(turned(term / shape.turns(), shape.turn(term % shape.turns())), index % blocks);
  }

  /** Factors of h² for the [CLS] terms, one an output and block. */
  double[] ownSquare(int index) {
    int blocks = shape.blocks(features());
    return square(i -> shape.row(index / blocks, shape.heads()), index % blocks);
  }

  private double[] square(IntUnaryOperator row, int block) {
    double[] out = new double[features()];
    for (int i = 0; merged != null && i < out.length; i++) {
      int neuron = neuron(block, i);
      int at = row.applyAsInt(i);
      out[i] = neuron < 0 || at < 0 ? 0 : merged.squares()[at][neuron] / 2;
    }
    return out;
  }

  /** Complex factors of the shifted rows and the mean, one an output, turn and shift. */
  double[] linear(int index) {
    int term = index / PairedWindow.BLOCKS;
    return linear(
        turned(term / shape.turns(), shape.turn(term % shape.turns())),
        index % PairedWindow.BLOCKS);
  }

  /** The same for the [CLS] terms, one an output and shift. */
  double[] ownLinear(int index) {
    return linear(
        i -> shape.row(index / PairedWindow.BLOCKS, shape.heads()), index % PairedWindow.BLOCKS);
  }

  private double[] linear(IntUnaryOperator row, int shift) {
    int f = features();
    double[] out = new double[2 * f];
    for (int i = 0; merged != null && i < layout.width(); i++) {
      MergedEncoder.Window values = merged.values();
      int at = row.applyAsInt(i);
      if (at >= 0 && shift == PairedWindow.SHIFTS) {
        out[i] = values.mean()[at][i] / 2;
      } else if (at >= 0) {
        int offset = PairedWindow.offset(shift);
        out[i] = PairedWindow.entry(values, at, offset, i) / 2;
        out[f + i] = -PairedWindow.entry(values, at, offset + 1, i) / 2;
      }
    }
    return out;
  }

  /** Constants of an output's values, each spread over its head's positions, which are summed. */
  double[] added(int output) {
    double[] out = new double[features()];
    for (int i = 0; merged != null && i < out.length; i++) {
      int head = headAt(i, 0);
      out[i] =
          head < 0
              ? 0
              : merged.values().constant()[shape.row(output, head)]
                  / (2 * shape.positions(features()));
    }
    return out;
  }

  /** The constant of an output's [CLS] term, spread over F positions. */
  double[] ownAdded(int output) {
    double[] out = new double[features()];
    if (merged != null) {
      Arrays.fill(
          out, merged.values().constant()[shape.row(output, shape.heads())] / (2 * features()));
    }
    return out;
  }

  /** The constants of an output that every token has, spread over F positions. */
  double[] ofToken(int output) {
    double[] out = ownAdded(output);
    for (int i = 0; merged != null && i < out.length; i++) {
      out[i] += merged.constants()[output] / (2 * features());
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
