/**
 * Errors as RFC 9457 problems with stable types. The same object answers an HTTP request and ends a
 * WebSocket. This package must not know sessions or models.
 */
@NullMarked
package io.cipherstream.server.problem;

import org.jspecify.annotations.NullMarked;
