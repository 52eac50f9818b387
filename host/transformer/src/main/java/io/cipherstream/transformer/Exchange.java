package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the appliance sends after a step and what it expects back.
 *
 * @param operation null when {@code down} is the result
 */
record Exchange(
    int layer,
    @Nullable ClientOperation operation,
    List<Ciphertext> down,
    List<CiphertextSpec> up) {}
