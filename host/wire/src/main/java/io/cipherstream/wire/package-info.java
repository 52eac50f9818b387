/**
 * The versioned envelope in which ciphertexts and evaluation keys cross the network.
 *
 * <p>Parsing is bounded by the receiver's own parameters: the header is checked first, every length
 * follows from the parameter set and from what is expected, every word is checked against its
 * modulus, and a keyed digest covers all of it. This package evaluates nothing and never hands
 * unparsed bytes to a native library.
 */
@NullMarked
package io.cipherstream.wire;

import org.jspecify.annotations.NullMarked;
