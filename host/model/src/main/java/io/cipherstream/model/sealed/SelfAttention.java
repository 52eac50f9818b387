package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;

/**
 * z_t = O·concat_h Σ_u e²·(V·x_u)_h / n with e = scale_h·q_h·k_h/√d + offset_h, for n tokens and
 * heads of d features.
 *
 * @param query Q, width × width
 * @param key K, width × width
 * @param value V, width × width
 * @param output O, width × width
 * @param scale one a head; not copied, not to be changed
 * @param offset one a head; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record SelfAttention(
    DenseLayer query,
    DenseLayer key,
    DenseLayer value,
    DenseLayer output,
    float[] scale,
    float[] offset)
    implements Mixing {

  /**
   * @throws ModelException of kind SHAPE if scale and offset differ in length
   */
  public SelfAttention {
    if (scale.length != offset.length || scale.length == 0) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "attention with "
              + scale.length
              + " scales and "
              + offset.length
              + " offsets: expected one of each a head");
    }
  }
}
