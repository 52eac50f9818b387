package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Linear maps of every token's window as one product by baby and giant steps, two tokens at a time.
 *
 * <p>The slots of the rows are complex: xₜ + i·xₜ₊₁. A diagonal a − i·b takes a·xₜ + b·xₜ₊₁ of them
 * in its real part, so four shifts, by −4, −2, 0 and 2 tokens, reach the whole window. Rotating
 * shift c by d brings feature j + d of the pair at o to position j, or feature j + d − F of the
 * pair at o + 1; the diagonal has the factors of whichever it is, so that nothing is masked. The
 * mean m is the same in all rows; its slots mⱼ + i·mⱼ₊F/2 need only the first F/2 diagonals.
 *
 * <p>The imaginary parts of the products mean nothing. Diagonals and constants are halved: product
 * + its conjugate is the map. Immutable.
 */
final class PairedWindow {

  /** Rotations of the rows by whole tokens; see {@link #offset}. */
  static final int SHIFTS = 4;

  /** What level 1 multiplies: the shifted rows and the mean. */
  static final int BLOCKS = SHIFTS + 1;

  private final SealedLayout layout;
  private final int babySteps;
  private final List<WindowPiece> pieces;
  private final PeriodicPlaintexts matrix;
  private final PeriodicPlaintexts constants;

  /**
   * @param babySteps a divisor of F
   * @param pieces real ones
   * @param limbs of what is multiplied
   * @param matrixScale of the diagonals
   * @param productScale of the products, and so of the constants
   */
  PairedWindow(
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
    matrix = source.encodeComplex(pieces.size() * diagonals(), this::diagonal, limbs, matrixScale);
    constants = source.encode(pieces.size(), this::constant, limbs, productScale);
  }

  /** By how many tokens shift c looks ahead; its slots hold that token and the next. */
  static int offset(int shift) {
    return 2 * shift - SHIFTS;
  }

  /** Diagonals of one result: F a shift, F/2 of the mean. */
  private int diagonals() {
    return SHIFTS * layout.features() + layout.features() / 2;
  }

  int babySteps() {
    return babySteps;
  }

  /** Products of the five blocks in the order of the pieces; the caller closes them. */
  List<BabyGiantProduct.Piece> products() {
    int f = layout.features();
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int piece = 0; piece < pieces.size(); piece++) {
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < f; giant += babySteps) {
        int[] indices = new int[BLOCKS * babySteps];
        for (int c = 0; c < BLOCKS; c++) {
          for (int b = 0; b < babySteps; b++) {
            boolean absent = c == SHIFTS && giant + b >= f / 2;
            indices[c * babySteps + b] = absent ? -1 : piece * diagonals() + c * f + giant + b;
          }
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(matrix, terms, 0));
    }
    return products;
  }

  /** A map of its product: constant, rescale, twice the real part. */
  Ciphertext map(StepContext ctx, Ciphertext product, int piece) {
    return ctx.plusConjugate(ctx.rescale(ctx.addPlain(product, constants, piece)));
  }

  /** Diagonal of a piece, rotated back by its giant step; real parts, then imaginary ones. */
  private double[] diagonal(int index) {
    int f = layout.features();
    double[] out = new double[2 * f];
    WindowPiece piece = pieces.get(index / diagonals());
    MergedEncoder.Window window = piece.window();
    int diagonal = index % diagonals();
    int block = diagonal / f;
    int d = diagonal % f;
    int giant = d - d % babySteps;
    for (int i = 0; window != null && i < f; i++) {
      int row = piece.rows().real().applyAsInt(i);
      if (row >= 0) {
        int at = (i + giant) % f;
        int feature = (i + d) % f;
        if (block == SHIFTS) {
          out[at] = mean(window, row, feature) / 2;
          out[f + at] = -mean(window, row, (feature + f / 2) % f) / 2;
        } else {
          int offset = offset(block) + (i + d < f ? 0 : 1);
          out[at] = factor(window, row, offset, feature) / 2;
          out[f + at] = -factor(window, row, offset + 1, feature) / 2;
        }
      }
    }
    return out;
  }

  private double mean(MergedEncoder.Window window, int row, int feature) {
    return feature < layout.width() ? window.mean()[row][feature] : 0;
  }

  private double factor(MergedEncoder.Window window, int row, int offset, int feature) {
    return feature < layout.width() ? entry(window, row, offset, feature) : 0;
  }

  /** What a row takes of a feature of the token at an offset; 0 beyond the window's reach. */
  static double entry(MergedEncoder.Window window, int row, int offset, int feature) {
    return Math.abs(offset) <= WindowMixing.REACH
        ? window.offsets().get(offset + WindowMixing.REACH)[row][feature]
        : 0;
  }

  private double[] constant(int index) {
    double[] out = pieces.get(index).constants(layout.features());
    return Arrays.stream(out, 0, layout.features()).map(x -> x / 2).toArray();
  }
}
