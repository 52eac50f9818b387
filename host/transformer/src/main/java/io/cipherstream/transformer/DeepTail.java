package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.polynomial.ProductBasis;
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
  private final PeriodicPlaintexts constants;

  /** Of r, r², B₃(r) …, one an output each. */
  private final List<PeriodicPlaintexts> factors = new ArrayList<>();

  /** −1 at the scales of B₂, B₄ …; none where r² is the highest. */
  private final List<PeriodicPlaintexts> minusOnes = new ArrayList<>();

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
            scales.mixedLimbs(),
            scales.prime(scales.mixedLimbs()));
    constant =
        whole.encode(
            1,
            i -> atTail(merged == null ? new double[0] : merged.constant()),
            scales.rowLimbs(),
            scales.mixed());
    for (int n = 1; n <= scales.degree(); n++) {
      int power = n;
      factors.add(
          whole.encodeComplex(
              outputs,
              j -> PairedAnswers.at(j, atTail(factors(power, j))),
              limbs,
              scales.factor(scales.power(n), limbs, scales.answer())));
    }
    for (int n = 2; scales.degree() > 2 && n <= scales.degree(); n *= 2) {
      minusOnes.add(source.encode(1, i -> minusOne(), scales.powerLimbs(n), scales.power(n)));
    }
    constants =
        source.encodeComplex(
            PairedAnswers.ciphertexts(outputs), this::constants, 1, scales.answer());
  }

  /** What an output takes of r, r², or B_n(r) from n = 3 on. */
  private double[] factors(int n, int output) {
    if (merged == null) {
      return new double[0];
    }
    return switch (n) {
      case 1 -> merged.linears()[output];
      case 2 -> merged.squares()[output];
      default -> merged.higher().get(n - 3)[output];
    };
  }

  private double[] minusOne() {
    double[] out = new double[layout.features()];
    Arrays.fill(out, -1);
    return out;
  }

  /** Sums over tokens, some pairs a head, then [CLS]' own. */
  private int operands() {
    return layout.heads() * layout.statePairs() + layout.ownPairs();
  }

  /** Constants of a pair of outputs at every position. */
  private double[] constants(int pair) {
    int f = layout.features();
    double[] out = new double[2 * f];
    for (int j = 2 * pair; merged != null && j < Math.min(2 * pair + 2, outputs()); j++) {
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
    int hidden = layout.edges() ? 2 * layout.neurons() : layout.neurons();
    if (block < layout.residualAt()) {
      int index = layout.edges() ? block / 2 : block;
      int neuron = index * layout.features() + position;
      int column = layout.edges() ? block % 2 * layout.neurons() + neuron : neuron;
      return neuron < layout.neurons() ? factors[column] : 0;
    }
    if (block == layout.residualAt()) {
      int width = layout.rows().width();
      return position < width ? factors[hidden + position] : 0;
    }
    // the 1 stands at every position of half 0; behind it there may be nothing
    int places = layout.features() / layout.halves();
    boolean one = !own && block == layout.stateBlocks() - 1 && layout.inHalf(0, position);
    return one ? factors[factors.length - 1] / places : 0;
  }

  /**
   * r in group 0; the other slots hold parts of it.
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
    return factors.get(0).count();
  }

  /**
   * What {@link #powers} gives, all with the limbs of answers.
   *
   * @param basis r, r², then B₃(r) … B_d(r) if the degree d is higher
   * @param middle T_{d/2}(r)², which is (B_d + 1)/2, for sentinels; null where the degree is 2
   */
  record Powers(List<Ciphertext> basis, @Nullable Ciphertext middle) {}

  /**
   * r, r², then B₃(r) … B_d(r) if the degree is higher, all with the limbs of answers. B of a power
   * of two is 2·B² − 1, others are products of two that are there ({@link ProductBasis}); r² stands
   * for B₂, whose 2 and −1 are in the weights.
   *
   * @param squared r²
   */
  Powers powers(StepContext ctx, Ciphertext row, Ciphertext squared) {
    Ciphertext middle = null;
    List<Ciphertext> basis = new ArrayList<>(List.of(row, squared));
    if (scales.degree() > 2) {
      basis.set(1, doubled(ctx, squared, 0));
      for (int n = 3; n <= scales.degree(); n++) {
        int a = ProductBasis.factor(n);
        int limbs = scales.powerLimbs(n) + 1;
        Ciphertext product =
            ctx.product(ctx.drop(basis.get(a - 1), limbs), ctx.drop(basis.get(n - a - 1), limbs));
        boolean power = 2 * a == n;
        middle = n == scales.degree() ? product : null;
        basis.add(power ? doubled(ctx, product, Integer.numberOfTrailingZeros(n) - 1) : product);
      }
      basis.set(1, squared);
    }
    return new Powers(ctx.dropAll(basis, DeepScales.ANSWER_LIMBS), middle);
  }

  /** 2·square − 1. */
  private Ciphertext doubled(StepContext ctx, Ciphertext square, int index) {
    return ctx.addPlain(ctx.add(square, square), minusOnes.get(index), 0);
  }

  /**
   * What sums over all slots to an output without its constant, which {@link #plusConstants} adds.
   *
   * @param powers the basis that {@link #powers} gives
   */
  Ciphertext output(StepContext ctx, List<Ciphertext> powers, int output) {
    // the last one first, as a program of degree 2 always had it
    int last = powers.size() - 1;
    Ciphertext sum = ctx.multiplyPlain(powers.get(last), factors.get(last), output);
    for (int n = last - 1; n >= 0; n--) {
      sum = ctx.plus(sum, ctx.multiplyPlain(powers.get(n), factors.get(n), output));
    }
    return sum;
  }

  /** A ciphertext of answers with the constants of its outputs, if it has any. */
  Ciphertext plusConstants(StepContext ctx, Ciphertext answers, int pair) {
    return pair < constants.count() ? ctx.addPlain(answers, constants, pair) : answers;
  }
}
