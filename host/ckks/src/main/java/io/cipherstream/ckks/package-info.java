/**
 * CKKS parameter sets with their security policy, ciphertext, plaintext and key types, and the
 * evaluator interface that every engine implements. This package knows nothing of models or of the
 * network, and holds no secret key.
 */
@NullMarked
package io.cipherstream.ckks;

import org.jspecify.annotations.NullMarked;
