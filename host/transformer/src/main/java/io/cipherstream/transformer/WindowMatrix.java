package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear maps of every token's window as one product by baby and giant steps of nine blocks: the
 * rows shifted by −4 to 3 tokens and the repeated mean.
 *
 * <p>Rotating shift c by d brings feature i + d of token t + o to position i, or feature i + d − F
 * of token t + o + 1; the diagonal has the factor of whichever it is, so that nothing is masked and
 * no sum is rotated back. The mean is the same in all rows. Immutable.
 */
final class WindowMatrix {

  private final SealedLayout layout;
  private final int babySteps;
  private final List<WindowPiece> pieces;
  private final PeriodicPlaintexts matrix;
  private final PeriodicPlaintexts constants;

  /**
   * @param babySteps a divisor of F
   * @param limbs of what is multiplied
   * @param matrixScale of the diagonals
   * @param productScale of the products, and so of the constants
   */
  WindowMatrix(
      SealedLayout layout,
      int babySteps,
      List<WindowPiece> pieces,
      PlainSource source,
      int limbs,
      double matrixScale,
      double productScale) {
    this.layout = layout;
    this.babySteps = babySteps;
    this.pieces = List.copyOf(pieces);
    matrix = source.encode(pieces.size() * layout.diagonals(), this::diagonal, limbs, matrixScale);
    constants = source.encode(pieces.size(), this::constant, limbs, productScale);
  }

  /** Constants of the maps, one a piece. */
  PeriodicPlaintexts constants() {
    return constants;
  }

  /** Products of the nine blocks in the order of the pieces; the caller closes them. */
  List<BabyGiantProduct.Piece> products() {
    int f = layout.features();
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int piece = 0; piece < pieces.size(); piece++) {
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < f; giant += babySteps) {
        int[] indices = new int[SealedLayout.BLOCKS * babySteps];
        for (int c = 0; c < SealedLayout.BLOCKS; c++) {
          for (int b = 0; b < babySteps; b++) {
            int diagonal = c * f + giant + b - 1;
            indices[c * babySteps + b] = diagonal < 0 ? -1 : piece * layout.diagonals() + diagonal;
          }
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(matrix, terms, 0));
    }
    return products;
  }

  int babySteps() {
    return babySteps;
  }

  /** Diagonal of a piece, rotated back by its giant step. */
  private double[] diagonal(int index) {
    int f = layout.features();
    double[] out = new double[f];
    WindowPiece piece = pieces.get(index / layout.diagonals());
    MergedEncoder.Window window = piece.window();
    int diagonal = index % layout.diagonals() + 1;
    int block = diagonal / f;
    int d = diagonal % f;
    int giant = d - d % babySteps;
    for (int i = 0; window != null && i < f; i++) {
      int row = piece.row().applyAsInt(i);
      int feature = (i + d) % f;
      if (row >= 0 && feature < layout.width()) {
        int offset = SealedLayout.offset(block) + (i + d < f ? 0 : 1);
        out[(i + giant) % f] =
            block == SealedLayout.SHIFTS
                ? window.mean()[row][feature]
                : factor(window, row, offset, feature);
      }
    }
    return out;
  }

  /** What a row takes of a feature of the token at an offset; 0 beyond the window's reach. */
  static double factor(MergedEncoder.Window window, int row, int offset, int feature) {
    return Math.abs(offset) <= WindowMixing.REACH
        ? window.offsets().get(offset + WindowMixing.REACH)[row][feature]
        : 0;
  }

  private double[] constant(int index) {
    return pieces.get(index).constants(layout.features());
  }
}
