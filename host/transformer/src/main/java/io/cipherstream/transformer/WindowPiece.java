package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One result of {@link PairedWindow}: which row of a map stands at each of a token's F positions.
 *
 * @param window null to trace shapes only
 * @param row the row at a position, negative for none
 */
record WindowPiece(MergedEncoder.@Nullable Window window, IntUnaryOperator row) {

  /** The map's constants at F positions. */
  double[] constants(int features) {
    return RowPiece.constants(window == null ? null : window.constant(), row, features);
  }
}
