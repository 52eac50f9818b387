package io.cipherstream.model.sealed;

import io.cipherstream.model.NormLayer;
import org.jspecify.annotations.Nullable;

/**
 * One layer: y = (x + z)∘γ + β with z of the mixing, then the feed-forward network, if any.
 *
 * @param mixing z
 * @param norm γ and β
 * @param feedForward null for a Q
 */
public record SealedLayer(Mixing mixing, NormLayer norm, @Nullable FeedForward feedForward) {}
