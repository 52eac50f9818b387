package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and queries of a CA or AA, which are taken from the first layer's output: a map of h² beside
 * what is linear in the text. The query's h of [CLS] comes from its own window, so that it stands
 * in every row without a mask.
 */
final class StateScores {

  private final StateProduct keys;
  private final StateProduct queries;

  StateScores(
      DeepContext context,
      @Nullable MergedLayers merged,
      List<SlotRows> queryRows,
      PlainSource source) {
    DeepLayout layout = context.layout();
    double[][] keySquares = merged == null ? null : signed(context, merged.scores().keySquares());
    double[][] querySquares =
        merged == null ? null : signed(context, merged.scores().querySquares());
    keys =
        product(
            context,
            List.of(new RowPiece(keySquares, null, SlotRows.real(layout::key))),
            false,
            source);
    queries =
        product(
            context,
            queryRows.stream().map(rows -> new RowPiece(querySquares, null, rows)).toList(),
            true,
            source);
  }

  private static StateProduct product(
      DeepContext context, List<RowPiece> pieces, boolean alike, PlainSource source) {
    DeepLayout layout = context.layout();
    int limbs = context.scales().top() - 2;
    double scale = context.scales().prime(limbs);
    return new StateProduct(
        layout, layout.features(), layout.neurons(), pieces, alike, limbs, scale, source);
  }

  /**
   * Keys with the limbs of queries.
   *
   * @param squares h²
   * @param linear what is linear
   */
  Ciphertext keys(StepContext ctx, List<Ciphertext> squares, Ciphertext linear) {
    return sum(ctx, keys.apply(ctx, squares).get(0), linear);
  }

  /**
   * One query a pair of heads.
   *
   * @param squares h² of [CLS], one a block, alike in all rows
   * @param linear what is linear, one a pair, likewise
   */
  List<Ciphertext> queries(StepContext ctx, List<Ciphertext> squares, List<Ciphertext> linear) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> products = queries.apply(s, squares);
      return s.keep(
          s.map(products.size(), (piece, p) -> sum(piece, products.get(p), linear.get(p))));
    }
  }

  /** With the signs of the blocks' squares. */
  private static double @Nullable [][] signed(DeepContext context, double @Nullable [][] matrix) {
    if (matrix == null || !context.attendsFirst()) {
      return matrix;
    }
    double[][] out = new double[matrix.length][];
    for (int row = 0; row < out.length; row++) {
      out[row] = matrix[row].clone();
      for (int n = 0; n < out[row].length; n++) {
        out[row][n] *= HiddenMaps.sign(n / context.layout().features());
      }
    }
    return out;
  }

  private static Ciphertext sum(StepContext ctx, Ciphertext product, Ciphertext linear) {
    return ctx.plus(product, ctx.drop(linear, product.limbs()));
  }
}
