package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state u = (g, y, 1) of every token times the client's weight w, in each half of a row, and
 * that of [CLS] as it is. The activation's factors multiply w beforehand, so that g·w =
 * h²·(square·w) + h·(linear·w) takes one product after h².
 */
final class DeepValues {

  private final DeepLayout layout;
  private final PeriodicPlaintexts weightFactors;
  private final PeriodicPlaintexts one;
  private final PeriodicPlaintexts own;

  DeepValues(
      DeepContext context, @Nullable MergedLayers merged, PlainSource source, PlainSource whole) {
    this.layout = context.layout();
    DeepScales scales = context.scales();
    int factors = 2 * layout.blocks() + 1;
    weightFactors =
        source.encode(
            factors * layout.halves(),
            i -> inHalf(i / factors, factors(merged, i % factors)),
            DeepScales.weightLimbs(),
            scales.weightFactor());
    one =
        source.encode(
            1, i -> inHalf(0, factors(null, factors - 1)), DeepScales.SCORE_LIMBS, scales.input());
    own =
        whole.encode(
            factors,
            i -> ofCls(factors(merged, i)),
            DeepScales.VALUE_LIMBS,
            scales.factor(scales.input(), DeepScales.VALUE_LIMBS, scales.mixed()));
  }

  /** Factor 2·b of block b's h², 2·b + 1 of its h, and the last, of the residual, which is 1. */
  private double[] factors(@Nullable MergedLayers merged, int index) {
    double[] out = new double[layout.features()];
    for (int i = 0; i < out.length; i++) {
      int neuron = index / 2 * out.length + i;
      if (index == 2 * layout.blocks()) {
        out[i] = 1;
      } else if (merged != null && neuron < layout.neurons()) {
        out[i] = (index % 2 == 0 ? merged.square() : merged.linear())[neuron];
      }
    }
    return out;
  }

  private double[] inHalf(int half, double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = layout.inHalf(half, i) ? row[i] : 0;
    }
    return row;
  }

  private double[] ofCls(double[] row) {
    double[] slots = new double[layout.rows().slots()];
    System.arraycopy(row, 0, slots, layout.rows().firstRow(), row.length);
    return slots;
  }

  /**
   * Block b of u·w in half p at b·halves + p with the limbs of e²; of the 1 there is half 0 alone.
   *
   * @param state h², h and y
   */
  List<Ciphertext> weighed(StepContext ctx, DeepState state, Ciphertext w) {
    int halves = layout.halves();
    int factors = 2 * layout.blocks() + 1;
    try (StepContext s = ctx.open()) {
      List<Ciphertext> weights =
          s.map(factors * halves, (piece, i) -> factored(piece, w, weightFactors, i));
      List<Ciphertext> inputs = state.lowered(s, DeepScales.SCORE_LIMBS);
      Ciphertext lower = s.drop(w, DeepScales.SCORE_LIMBS);
      return s.keep(
          s.map(
              (layout.blocks() + 1) * halves + 1,
              (piece, i) -> {
                int block = i / halves;
                if (block > layout.blocks()) {
                  return factored(piece, lower, one, 0);
                }
                int from = 2 * block;
                int to = Math.min(from + 2, factors);
                int at = i % halves * factors;
                return piece.product(inputs.subList(from, to), weights.subList(at + from, at + to));
              }));
    }
  }

  private static Ciphertext factored(
      StepContext ctx, Ciphertext w, PeriodicPlaintexts factors, int index) {
    return ctx.rescale(ctx.multiplyPlain(w, factors, index));
  }

  /** g and y of [CLS] in every row, one ciphertext per block, as sums over tokens come out. */
  List<Ciphertext> own(StepContext ctx, DeepState state) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> inputs = state.lowered(s, DeepScales.VALUE_LIMBS);
      return s.keep(
          s.map(
              layout.blocks() + 1,
              (piece, block) -> {
                int from = 2 * block;
                int to = Math.min(from + 2, inputs.size());
                int[] index = IntStream.range(from, to).toArray();
                Ciphertext product = piece.sumOfPlainProducts(inputs.subList(from, to), own, index);
                return SlotSums.rows(piece, piece.rescale(product), layout.rows());
              }));
    }
  }
}
