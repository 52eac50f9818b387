package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The second layer's network on the one row of [CLS]: r from what was summed over tokens, r², and
 * the outputs. Its operands are alike in all rows, so the groups of slots of {@link DeepLayout}
 * each see another part of the features, and a sum over the groups is the matrix product.
 */
final class DeepTail {

  private final DeepLayout layout;
  private final DeepScales scales;
  private final @Nullable MergedLayers merged;
  private final PeriodicPlaintexts matrix;
  private final PeriodicPlaintexts constant;
  private final PeriodicPlaintexts squares;
  private final PeriodicPlaintexts linears;
  private final PeriodicPlaintexts constants;

  DeepTail(
      DeepContext context, @Nullable MergedLayers merged, PlainSource source, PlainSource whole) {
    this.layout = context.layout();
    this.scales = context.scales();
    this.merged = merged;
    int outputs = context.outputs();
    int limbs = DeepScales.ANSWER_LIMBS;
    matrix =
        whole.encodeComplex(
            layout.tailSteps() * operands(),
            this::factors,
            DeepScales.MIXED_LIMBS,
            scales.prime(DeepScales.MIXED_LIMBS));
    constant =
        whole.encode(
            1,
            i -> atTail(merged == null ? new double[0] : merged.constant()),
            limbs + 1,
            scales.mixed());
    squares =
        whole.encodeComplex(
            outputs,
            j -> PairedAnswers.at(j, atTail(merged == null ? new double[0] : merged.squares()[j])),
            limbs,
            scales.factor(scales.squared(), limbs, scales.answer()));
    linears =
        whole.encodeComplex(
            outputs,
            j -> PairedAnswers.at(j, atTail(merged == null ? new double[0] : merged.linears()[j])),
            limbs,
            scales.factor(scales.mixed(), limbs, scales.answer()));
    constants =
        source.encodeComplex(
            PairedAnswers.ciphertexts(outputs), this::constants, 1, scales.answer());
  }

  /** Sums over tokens, some pairs a head, then [CLS]' own. */
  private int operands() {
    return layout.heads() * layout.statePairs() + layout.ownPairs();
  }

  /** Constants of a pair of outputs at every position. */
  private double[] constants(int pair) {
    int f = layout.features();
    double[] out = new double[2 * f];
    for (int j = 2 * pair; merged != null && j < Math.min(2 * pair + 2, squares.count()); j++) {
      int from = PairedAnswers.isImaginary(j) ? f : 0;
      Arrays.fill(out, from, from + f, merged.constants()[j]);
    }
    return out;
  }

  /** Values in the slots of group 0. */
  private double[] atTail(double[] values) {
    return layout.atTail(0, values);
  }

  /**
   * The factors for each group's rows of r of an operand rotated by some features: a − i·b, which
   * take a of its real and b of its imaginary part, halved since a conjugate is added.
   */
  private double[] factors(int index) {
    int slots = layout.rows().slots();
    double[] out = new double[2 * slots];
    int step = index / operands();
    int operand = index % operands();
    int head = Math.min(operand / layout.statePairs(), layout.heads());
    int first = 2 * (operand - head * layout.statePairs());
    double share = head < layout.heads() ? layout.sign(head) / 2.0 : 0.5;
    for (int group = 0; merged != null && group < layout.groups(); group++) {
      for (int n = 0; n < layout.outputs(); n++) {
        int slot = (layout.tail(group) + n + step) % slots;
        int position = slot % layout.features();
        out[slot] = share * factor(merged, head, first, n, position);
        out[slots + slot] = -share * factor(merged, head, first + 1, n, position);
      }
    }
    return out;
  }

  /** What row r takes of a part of a head's u, or of [CLS]' own, which is behind the heads'. */
  private double factor(MergedLayers of, int head, int block, int row, int position) {
    boolean own = head == layout.heads();
    double[] factors = own ? of.own()[row] : of.heads().get(head)[row];
    int neuron = block * layout.features() + position;
    if (block < layout.blocks()) {
      return neuron < layout.neurons() ? factors[neuron] : 0;
    }
    if (block == layout.blocks()) {
      int width = layout.rows().width();
      return position < width ? factors[layout.neurons() + position] : 0;
    }
    // the 1 stands at every position of half 0; behind it there may be nothing
    int places = layout.features() / layout.halves();
    boolean one = !own && block == layout.blocks() + 1 && layout.inHalf(0, position);
    return one ? factors[factors.length - 1] / places : 0;
  }

  /**
   * r with 3 limbs in group 0; the other slots hold parts of it.
   *
   * @param operands alike in all rows
   */
  Ciphertext row(StepContext ctx, List<Ciphertext> operands) {
    List<int[]> terms = new ArrayList<>();
    for (int step = 0; step < layout.tailSteps(); step++) {
      int from = step * operands();
      terms.add(IntStream.range(from, from + operands()).toArray());
    }
    List<BabyGiantProduct.Piece> pieces = List.of(new BabyGiantProduct.Piece(matrix, terms, 0));
    try (StepContext s = ctx.open()) {
      Ciphertext product = s.rescale(LinearStep.pieces(s, 1, pieces, operands).get(0));
      Ciphertext sum = SlotSums.strided(s, product, layout.groupStep(), layout.groups());
      return s.keep(s.addPlain(s.plusConjugate(sum), constant, 0));
    }
  }

  /** How many outputs there are. */
  int outputs() {
    return squares.count();
  }

  /**
   * What sums over all slots to an output without its constant, which {@link #plusConstants} adds.
   *
   * @param row r with 2 limbs
   * @param squared r² with 2 limbs
   */
  Ciphertext output(StepContext ctx, Ciphertext row, Ciphertext squared, int output) {
    return ctx.plus(
        ctx.multiplyPlain(squared, squares, output), ctx.multiplyPlain(row, linears, output));
  }

  /** A ciphertext of answers with the constants of its outputs, if it has any. */
  Ciphertext plusConstants(StepContext ctx, Ciphertext answers, int pair) {
    return pair < constants.count() ? ctx.addPlain(answers, constants, pair) : answers;
  }
}
