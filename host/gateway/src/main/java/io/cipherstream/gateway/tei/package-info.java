/** The door for clients of Text Embeddings Inference. */
@NullMarked
package io.cipherstream.gateway.tei;

import org.jspecify.annotations.NullMarked;
