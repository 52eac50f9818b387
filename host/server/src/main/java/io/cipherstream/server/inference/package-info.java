/**
 * One inference over a WebSocket: admission, fair scheduling, receiving, computing and sending with
 * back-pressure both ways and a deadline on every wait.
 */
@NullMarked
package io.cipherstream.server.inference;

import org.jspecify.annotations.NullMarked;
