/**
 * Errors as RFC 9457 problems with stable types; the same object answers an HTTP request and ends a
 * WebSocket. Knows nothing of sessions or models.
 */
@NullMarked
package io.cipherstream.server.problem;

import org.jspecify.annotations.NullMarked;
