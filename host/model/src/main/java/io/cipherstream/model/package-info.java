/**
 * Transformer encoder models: import from the formats people have, the model package on disk, the
 * tokenizer, and an exact float64 forward pass in plain text. A model is split into the client's
 * half (vocabulary and embeddings) and the appliance's half (encoder and classifier). This package
 * must not know encryption, packing or the network.
 */
@NullMarked
package io.cipherstream.model;

import org.jspecify.annotations.NullMarked;
