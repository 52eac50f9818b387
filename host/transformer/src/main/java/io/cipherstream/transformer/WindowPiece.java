package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import org.jspecify.annotations.Nullable;

/**
 * One result of linear maps of a token's window: which rows of them stand at which positions.
 *
 * @param window null to trace shapes only
 * @param rows of it
 */
record WindowPiece(MergedEncoder.@Nullable Window window, SlotRows rows) {

  /** The map's constants at F positions, real parts and then imaginary ones. */
  double[] constants(int features) {
    return RowPiece.constants(window == null ? null : window.constant(), rows, features);
  }
}
