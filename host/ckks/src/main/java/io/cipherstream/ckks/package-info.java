/**
 * CKKS parameter sets with their security policy, ciphertext, plaintext and key types, the
 * evaluator that checks every operation, and the arithmetic that each engine implements below it.
 * This package knows nothing of models or of the network, and holds no secret key.
 */
@NullMarked
package io.cipherstream.ckks;

import org.jspecify.annotations.NullMarked;
