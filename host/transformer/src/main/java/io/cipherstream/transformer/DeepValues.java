package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state u = (g, y, 1), or of edges (h², h, y, 1), of every token times the client's weight w,
 * in each half of a row, and that of [CLS] as it is. The activation's factors multiply w
 * beforehand, so that g·w = h²·(square·w) + h·(linear·w) takes one product after h². Two parts of u
 * share the complex slots of a ciphertext ({@link DeepLayout#statePairs}): the factors of the
 * second one are imaginary, or they bring what {@link HiddenMaps} has turned to where it belongs.
 */
final class DeepValues {

  private final DeepLayout layout;
  private final boolean attendsFirst;
  private final PeriodicPlaintexts weightFactors;
  private final PeriodicPlaintexts one;
  private final PeriodicPlaintexts own;
  private final int scoreLimbs;
  private final int valueLimbs;

  DeepValues(
      DeepContext context, @Nullable MergedLayers merged, PlainSource source, PlainSource whole) {
    this.layout = context.layout();
    this.attendsFirst = context.attendsFirst();
    DeepScales scales = context.scales();
    scoreLimbs = scales.scoreLimbs();
    valueLimbs = scales.valueLimbs();
    int factors = factors();
    weightFactors =
        source.encodeComplex(
            factors * layout.halves(),
            i -> inPart(i % factors, inHalf(i / factors, row(merged, i % factors))),
            scales.weightLimbs(),
            scales.weightFactor());
    one =
        source.encodeComplex(
            1,
            i -> turned((layout.stateBlocks() - 1) % 2, inHalf(0, row(null, factors - 1))),
            scales.scoreLimbs(),
            scales.input());
    own =
        (attendsFirst ? source : whole)
            .encodeComplex(
                factors,
                i -> inPart(i, attendsFirst ? row(merged, i) : ofCls(row(merged, i))),
                scales.valueLimbs(),
                scales.factor(scales.input(), scales.valueLimbs(), scales.mixed()));
  }

  /** Of h² and of h of each block in turn, then of the residual. */
  private int factors() {
    return 2 * layout.blocks() + 1;
  }

  /** A factor of each feature: of block b's h² at 2·b, of its h at 2·b + 1, then 1. */
  private double[] row(@Nullable MergedLayers merged, int index) {
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

  /** A factor of what belongs to a part of u, which may be turned already. */
  private double[] inPart(int index, double[] values) {
    int block = index / 2;
    boolean square = index % 2 == 0;
    boolean isTurned = attendsFirst && block < layout.blocks() && block % 2 == 1;
    int already = isTurned ? (square ? 2 : 1) : 0;
    return turned((4 + part(index) % 2 - already) % 4, values);
  }

  /** The part of u that a factor's source is in: where edges have it, each is a part of its own. */
  private int part(int index) {
    return layout.edges() ? index : index / 2;
  }

  /** Values times i to some power, from 0 to 3. */
  private static double[] turned(int quarters, double[] values) {
    double[] out = new double[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      out[quarters % 2 * values.length + i] = quarters < 2 ? values[i] : -values[i];
    }
    return out;
  }

  /** The factors of pair p, or of those of its parts that have any. */
  private int[] factorsOf(int pair) {
    int each = layout.edges() ? 2 : 4;
    return IntStream.range(each * pair, Math.min(each * pair + each, factors())).toArray();
  }

  /**
   * Pair p of u·w in half k at p·halves + k with the limbs of e²; the 1 stands in half 0 alone.
   *
   * @param state h², h and y
   */
  List<Ciphertext> weighed(StepContext ctx, DeepState state, Ciphertext w) {
    int halves = layout.halves();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> weights =
          s.map(factors() * halves, (piece, i) -> factored(piece, w, weightFactors, i));
      List<Ciphertext> inputs = state.lowered(s, scoreLimbs);
      Ciphertext lower = s.drop(w, scoreLimbs);
      return s.keep(
          s.map(
              layout.oneAt() * halves + layout.halves(layout.oneAt()),
              (piece, i) -> {
                int half = i % halves;
                int[] of = factorsOf(i / halves);
                List<Ciphertext> terms = new ArrayList<>();
                if (of.length > 0) {
                  terms.add(piece.product(at(inputs, of, 0), at(weights, of, half * factors())));
                }
                if (i == layout.oneAt() * halves) {
                  terms.add(factored(piece, lower, one, 0));
                }
                return terms.size() == 1 ? terms.get(0) : piece.sum(terms);
              }));
    }
  }

  private static List<Ciphertext> at(List<Ciphertext> all, int[] index, int from) {
    return IntStream.of(index).mapToObj(i -> all.get(from + i)).toList();
  }

  private static Ciphertext factored(
      StepContext ctx, Ciphertext w, PeriodicPlaintexts factors, int index) {
    return ctx.rescale(ctx.multiplyPlain(w, factors, index));
  }

  /**
   * g and y of [CLS] in every row, one ciphertext a pair, as sums over tokens come out.
   *
   * @param state with that of [CLS] in its row, or in every row where the first layer attends
   */
  List<Ciphertext> own(StepContext ctx, DeepState state) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> inputs = state.lowered(s, valueLimbs);
      return s.keep(
          s.map(
              layout.ownPairs(),
              (piece, pair) -> {
                int[] of = factorsOf(pair);
                Ciphertext product = piece.sumOfPlainProducts(at(inputs, of, 0), own, of);
                Ciphertext found = piece.rescale(product);
                return attendsFirst ? found : SlotSums.rows(piece, found, layout.rows());
              }));
    }
  }
}
