package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear maps of every row of some ciphertexts, one level. Where all rows are alike a diagonal is
 * left whole. Where rows differ it is cut in two, and what a rotation brought from the next row is
 * put right in one of two ways: the second sum is rotated back ({@link DiagonalStructure}), or,
 * where there are more pieces than operands, each operand comes a second time, moved by a row, so
 * that the next row is the own one. The first doubles giant steps, the second baby steps.
 */
final class StateProduct {

  private final int features;
  private final int period;
  private final int babySteps;
  private final int columns;
  private final int blocks;
  private final List<RowPiece> pieces;
  private final boolean alike;
  private final PeriodicPlaintexts diagonals;

  /**
   * @param period after how many positions an operand's row repeats, F where it does not
   * @param columns of the matrices; each operand holds the next ones, as many as its period
   * @param pieces the results wanted
   * @param alike whether all rows of the operands are
   * @param limbs of the operands
   * @param scale of the diagonals
   */
  StateProduct(
      DeepLayout layout,
      int period,
      int columns,
      List<RowPiece> pieces,
      boolean alike,
      int limbs,
      double scale,
      PlainSource source) {
    this.features = layout.features();
    this.period = period;
    this.babySteps = Math.min(layout.babySteps(), period);
    this.columns = columns;
    this.blocks = (columns + period - 1) / period;
    this.pieces = List.copyOf(pieces);
    this.alike = alike;
    this.diagonals =
        source.encodeParts(
            pieces.size() * parts() * operands() * period,
            pieces.stream().anyMatch(piece -> piece.rows().isComplex()),
            this::diagonal,
            limbs,
            scale);
  }

  /** Whether operands come a second time, moved by a row. */
  private boolean moves() {
    return !alike && pieces.size() > blocks;
  }

  /** Sums a piece. */
  private int parts() {
    return alike || moves() ? 1 : 2;
  }

  /** Operands of each sum. */
  private int operands() {
    return moves() ? 2 * blocks : blocks;
  }

  /** Diagonal d of operand c in a part of a piece, rotated back by its giant step. */
  private double[] diagonal(int index) {
    int d = index % period;
    int operand = index / period % operands();
    int part = index / period / operands() % parts();
    boolean next = part == 1 || operand >= blocks;
    int block = operand % blocks;
    RowPiece piece = pieces.get(index / period / operands() / parts());
    double[] factors =
        piece.factors(
            features,
            i -> {
              int column = block * period + (i + d) % period;
              boolean here = alike || (i + d >= features) == next;
              return here && column < columns ? column : -1;
            });
    return moved(factors, d - d % babySteps);
  }

  /** Real and imaginary parts, each moved by a giant step. */
  private double[] moved(double[] factors, int giant) {
    double[] out = new double[factors.length];
    for (int i = 0; i < out.length; i++) {
      out[i / features * features + (i + giant) % features] = factors[i];
    }
    return out;
  }

  /** One result a piece with one limb less than the operands. */
  List<Ciphertext> apply(StepContext ctx, List<Ciphertext> operands) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> all = new ArrayList<>(operands);
      if (moves()) {
        all.addAll(s.map(blocks, (piece, c) -> piece.rotate(operands.get(c), -features)));
      }
      List<Ciphertext> sums = LinearStep.pieces(s, babySteps, products(), all);
      return s.keep(
          s.map(
              pieces.size(),
              (piece, p) ->
                  piece.rescale(
                      parts() == 1
                          ? sums.get(p)
                          : piece.add(sums.get(2 * p), sums.get(2 * p + 1)))));
    }
  }

  private List<BabyGiantProduct.Piece> products() {
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int piece = 0; piece < pieces.size() * parts(); piece++) {
      int part = piece % parts();
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < period; giant += babySteps) {
        int[] indices = new int[operands() * babySteps];
        for (int i = 0; i < indices.length; i++) {
          int d = giant + i % babySteps;
          int operand = i / babySteps;
          boolean next = part == 1 || operand >= blocks;
          indices[i] = next && d == 0 ? -1 : (piece * operands() + operand) * period + d;
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(diagonals, terms, part == 0 ? 0 : -features));
    }
    return products;
  }
}
