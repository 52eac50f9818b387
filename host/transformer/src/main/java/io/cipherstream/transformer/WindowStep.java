package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;

/** What the programs of a CQ and of a CT have in common: maps of a window and their squares. */
final class WindowStep {

  private WindowStep() {}

  /** The rows rotated by whole tokens, then the mean: what level 1 multiplies. */
  static List<Ciphertext> input(
      StepContext ctx, SealedLayout layout, Ciphertext x, Ciphertext mean) {
    List<Ciphertext> input =
        new ArrayList<>(
            ctx.map(
                PairedWindow.SHIFTS,
                (piece, c) -> piece.rotate(x, PairedWindow.offset(c) * layout.features())));
    input.add(mean);
    return input;
  }

  /** Levels 1 and 2: the squares of all maps, in the order of the window's pieces. */
  static List<Ciphertext> squares(StepContext ctx, PairedWindow window, List<Ciphertext> input) {
    List<Ciphertext> products =
        LinearStep.pieces(ctx, window.babySteps(), window.products(), input);
    return ctx.map(
        products.size(),
        (piece, p) -> {
          Ciphertext value = window.map(piece, products.get(p), p);
          return piece.product(value, value);
        });
  }

  /**
   * Factors times squares and factors times rows, level 3.
   *
   * @param squareIndices into the squares' factors, one a square
   * @param linearIndices into the rows' factors, one a shift and one for the mean
   */
  static Ciphertext quadratic(
      StepContext ctx,
      List<Ciphertext> squares,
      PeriodicPlaintexts squareFactors,
      int[] squareIndices,
      List<Ciphertext> input,
      PeriodicPlaintexts linearFactors,
      int[] linearIndices) {
    return ctx.plus(
        ctx.sumOfPlainProducts(squares, squareFactors, squareIndices),
        ctx.sumOfPlainProducts(input, linearFactors, linearIndices));
  }
}
