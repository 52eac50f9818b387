package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;

/**
 * z = O·concat_h Σ_t e²·(V·x_t)_h / n with e = (S·y_t + s)_h, for n tokens and y the state that is
 * linear in the embedded text.
 *
 * @param score S and s, heads × width
 * @param value V, width × width
 * @param output O, width × width
 */
public record PooledAttention(DenseLayer score, DenseLayer value, DenseLayer output)
    implements Mixing {}
