/**
 * Polynomials in place of other functions: fitting them with a stated error, and the basis that
 * they are evaluated in on ciphertexts. This package knows no model, no engine and no network.
 */
@NullMarked
package io.cipherstream.polynomial;

import org.jspecify.annotations.NullMarked;
