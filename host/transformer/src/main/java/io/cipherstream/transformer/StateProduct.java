package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Linear maps of every token's h², one level. Where rows differ, a diagonal is cut in two and what
 * came from the next row is rotated back ({@link DiagonalStructure}); where all rows are alike it
 * is left whole.
 */
final class StateProduct {

  private final DeepLayout layout;
  private final List<IntUnaryOperator> pieces;
  private final double @Nullable [][] factors;
  private final boolean alike;
  private final PeriodicPlaintexts diagonals;

  /**
   * @param pieces the row of factors at a position, negative for none
   * @param factors [row][neurons]; null to trace shapes only
   * @param alike whether all rows of the operand are
   */
  StateProduct(
      DeepContext context,
      List<IntUnaryOperator> pieces,
      double @Nullable [][] factors,
      boolean alike,
      PlainSource source) {
    this.layout = context.layout();
    this.pieces = List.copyOf(pieces);
    this.factors = factors;
    this.alike = alike;
    int limbs = context.scales().top() - 2;
    this.diagonals =
        source.encode(
            pieces.size() * parts() * layout.blocks() * layout.features(),
            this::diagonal,
            limbs,
            context.scales().prime(limbs));
  }

  private int parts() {
    return alike ? 1 : 2;
  }

  /** Diagonal d of block c in a part of a piece, rotated back by its giant step. */
  private double[] diagonal(int index) {
    int f = layout.features();
    int d = index % f;
    int block = index / f % layout.blocks();
    int part = index / f / layout.blocks() % parts();
    int giant = d - d % layout.babySteps();
    IntUnaryOperator rows = pieces.get(index / f / layout.blocks() / parts());
    double[] out = new double[f];
    for (int i = 0; factors != null && i < f; i++) {
      int row = rows.applyAsInt(i);
      int neuron = block * f + (i + d) % f;
      boolean here = alike || (i + d >= f) == (part == 1);
      if (here && row >= 0 && neuron < layout.neurons()) {
        out[(i + giant) % f] = factors[row][neuron];
      }
    }
    return out;
  }

  /** One result a piece with one limb less than the operands. */
  List<Ciphertext> apply(StepContext ctx, List<Ciphertext> squares) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> sums = LinearStep.pieces(s, layout.babySteps(), products(), squares);
      return s.keep(
          s.map(
              pieces.size(),
              (piece, p) ->
                  piece.rescale(
                      alike ? sums.get(p) : piece.add(sums.get(2 * p), sums.get(2 * p + 1)))));
    }
  }

  private List<BabyGiantProduct.Piece> products() {
    int f = layout.features();
    int babies = layout.babySteps();
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int piece = 0; piece < pieces.size() * parts(); piece++) {
      int part = piece % parts();
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < f; giant += babies) {
        int[] indices = new int[layout.blocks() * babies];
        for (int i = 0; i < indices.length; i++) {
          int d = giant + i % babies;
          indices[i] = part == 1 && d == 0 ? -1 : (piece * layout.blocks() + i / babies) * f + d;
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(diagonals, terms, part == 0 ? 0 : -f));
    }
    return products;
  }
}
