package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear maps of [CLS]' own window whose results are the same in every row. Each row of the operand
 * has a different part of the inputs of [CLS] ({@link DeepLayout#queryInput}), so a few rotations
 * by features bring each position all numbers of its row. The sum over the rows is the product.
 */
final class QueryProduct {

  private final DeepLayout layout;
  private final DeepScales scales;
  private final List<WindowPiece> pieces;
  private final PeriodicPlaintexts factors;
  private final PeriodicPlaintexts constants;

  QueryProduct(
      DeepContext context, List<WindowPiece> pieces, PlainSource source, PlainSource whole) {
    this.layout = context.layout();
    this.scales = context.scales();
    this.pieces = List.copyOf(pieces);
    boolean complex = pieces.stream().anyMatch(p -> p.rows().isComplex());
    factors =
        whole.encodeParts(
            pieces.size() * layout.perRow(), complex, this::factors, scales.top(), scales.matrix());
    constants =
        source.encodeParts(
            pieces.size(), complex, this::constant, scales.top() - 1, scales.input());
  }

  private int babySteps() {
    return Math.min(layout.babySteps(), layout.perRow());
  }

  /** The maps with {@code top − 1} limbs in the order of the pieces. */
  List<Ciphertext> apply(StepContext ctx, Ciphertext cls) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> sums = LinearStep.pieces(s, babySteps(), products(), List.of(cls));
      return s.keep(
          s.map(
              sums.size(),
              (piece, p) -> {
                Ciphertext lower = piece.rescale(sums.get(p));
                return piece.addPlain(SlotSums.rows(piece, lower, layout.rows()), constants, p);
              }));
    }
  }

  private List<BabyGiantProduct.Piece> products() {
    List<BabyGiantProduct.Piece> products = new ArrayList<>();
    for (int p = 0; p < pieces.size(); p++) {
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < layout.perRow(); giant += babySteps()) {
        int[] indices = new int[babySteps()];
        for (int b = 0; b < indices.length; b++) {
          indices[b] = p * layout.perRow() + giant + b;
        }
        terms.add(indices);
      }
      products.add(new BabyGiantProduct.Piece(factors, terms, 0));
    }
    return products;
  }

  /**
   * Factors of a piece after a rotation, rotated back by its giant step; real parts, then imaginary
   * ones.
   */
  private double[] factors(int index) {
    int slots = layout.rows().slots();
    int f = layout.features();
    double[] out = new double[2 * slots];
    WindowPiece piece = pieces.get(index / layout.perRow());
    MergedEncoder.Window window = piece.window();
    int step = index % layout.perRow();
    int giant = step - step % babySteps();
    for (int from = 0; window != null && from < slots; from += f) {
      int first = from;
      double[] row =
          piece
              .rows()
              .values(
                  f, (r, i) -> factor(window, r, layout.queryInput((first + i + step) % slots)));
      for (int i = 0; i < f; i++) {
        int at = (from + i + giant) % slots;
        out[at] = row[i];
        out[slots + at] = row[f + i];
      }
    }
    return out;
  }

  /** What a row of a window takes of an input. */
  private double factor(MergedEncoder.Window window, int row, int input) {
    if (input >= layout.queryInputs()) {
      return 0;
    }
    int feature = input % layout.rows().width();
    int offset = input / layout.rows().width();
    return offset > WindowMixing.REACH
        ? window.mean()[row][feature]
        : PairedWindow.entry(window, row, offset, feature);
  }

  private double[] constant(int index) {
    return pieces.get(index).constants(layout.features());
  }
}
