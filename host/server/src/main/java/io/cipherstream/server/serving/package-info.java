/**
 * The interface between the network side and a model with its engine. The network side is written
 * against these few types, so that it can be tested without native code or weights.
 */
@NullMarked
package io.cipherstream.server.serving;

import org.jspecify.annotations.NullMarked;
