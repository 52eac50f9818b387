package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.List;

/** Linear maps of every row with their constants, one level. */
final class RowMaps {

  private final StateProduct product;
  private final PeriodicPlaintexts constants;

  /**
   * @param columns of the matrices
   * @param pieces the results wanted
   * @param alike whether all rows of the operands are
   * @param limbs of the operands
   * @param scale of the matrices
   * @param result scale of the results
   */
  RowMaps(
      DeepLayout layout,
      int columns,
      List<RowPiece> pieces,
      boolean alike,
      int limbs,
      double scale,
      double result,
      PlainSource source) {
    product =
        new StateProduct(layout, layout.features(), columns, pieces, alike, limbs, scale, source);
    constants =
        source.encodeParts(
            pieces.size(),
            pieces.stream().anyMatch(p -> p.rows().isComplex()),
            p -> pieces.get(p).constants(layout.features()),
            limbs - 1,
            result);
  }

  /** One result a piece with one limb less than the operand. */
  List<Ciphertext> apply(StepContext ctx, Ciphertext operand) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> products = product.apply(s, List.of(operand));
      return s.keep(
          s.map(products.size(), (piece, p) -> piece.addPlain(products.get(p), constants, p)));
    }
  }
}
