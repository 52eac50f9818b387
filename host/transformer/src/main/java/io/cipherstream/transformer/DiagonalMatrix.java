package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix as encoded diagonals, for products with a blocked activation by baby and giant steps.
 */
final class DiagonalMatrix {

  private final DiagonalStructure structure;
  private final PeriodicPlaintexts diagonals;

  DiagonalMatrix(DiagonalStructure structure, PeriodicPlaintexts diagonals) {
    if (diagonals.count() != structure.count()) {
      throw new IllegalArgumentException(
          diagonals.count() + " diagonals, expected " + structure.count());
    }
    this.structure = structure;
    this.diagonals = diagonals;
  }

  DiagonalStructure structure() {
    return structure;
  }

  /** Number of independent pieces of work among {@link #piece}s. */
  int halves() {
    return 2 * structure.out().blocks();
  }

  /**
   * Half 0 or 1 of output block {@code piece / 2}; half 1 is rotated back by −F at the end. Without
   * a result when no diagonal of that half exists.
   */
  BabyGiantProduct.Piece piece(int piece) {
    List<int[]> terms = new ArrayList<>();
    for (int giant = 0; giant < structure.giantSteps(); giant++) {
      terms.add(structure.terms(piece / 2, piece % 2, giant));
    }
    int lastStep = piece % 2 == 0 ? 0 : -structure.in().features();
    return new BabyGiantProduct.Piece(diagonals, terms, lastStep);
  }
}
