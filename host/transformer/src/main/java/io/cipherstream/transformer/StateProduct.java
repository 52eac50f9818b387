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
  private final int babySteps;
  private final int columns;
  private final int blocks;
  private final List<RowPiece> pieces;
  private final boolean alike;
  private final PeriodicPlaintexts diagonals;

  /**
   * @param columns of the matrices; each operand holds the next F of them
   * @param pieces the results wanted
   * @param alike whether all rows of the operands are
   * @param limbs of the operands
   * @param scale of the diagonals
   */
  StateProduct(
      DeepLayout layout,
      int columns,
      List<RowPiece> pieces,
      boolean alike,
      int limbs,
      double scale,
      PlainSource source) {
    this.features = layout.features();
    this.babySteps = layout.babySteps();
    this.columns = columns;
    this.blocks = (columns + features - 1) / features;
    this.pieces = List.copyOf(pieces);
    this.alike = alike;
    this.diagonals =
        source.encode(
            pieces.size() * parts() * operands() * features, this::diagonal, limbs, scale);
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
    int f = features;
    int d = index % f;
    int operand = index / f % operands();
    int part = index / f / operands() % parts();
    boolean next = part == 1 || operand >= blocks;
    int giant = d - d % babySteps;
    RowPiece piece = pieces.get(index / f / operands() / parts());
    double[] out = new double[f];
    for (int i = 0; i < f; i++) {
      int column = operand % blocks * f + (i + d) % f;
      boolean here = alike || (i + d >= f) == next;
      if (here && column < columns) {
        out[(i + giant) % f] = piece.factor(i, column);
      }
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
    int f = features;
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int piece = 0; piece < pieces.size() * parts(); piece++) {
      int part = piece % parts();
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < f; giant += babySteps) {
        int[] indices = new int[operands() * babySteps];
        for (int i = 0; i < indices.length; i++) {
          int d = giant + i % babySteps;
          int operand = i / babySteps;
          boolean next = part == 1 || operand >= blocks;
          indices[i] = next && d == 0 ? -1 : (piece * operands() + operand) * f + d;
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(diagonals, terms, part == 0 ? 0 : -f));
    }
    return products;
  }
}
