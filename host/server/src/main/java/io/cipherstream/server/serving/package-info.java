/**
 * What the network side needs of a model and of the engine below it. The serving code is written
 * against these few types, so that it can be tested without native code or weights.
 */
@NullMarked
package io.cipherstream.server.serving;

import org.jspecify.annotations.NullMarked;
