/**
 * CKKS evaluation on Microsoft SEAL: ciphertexts, evaluation keys and the evaluator, each backed by
 * native memory that is closed explicitly. Everything that comes from outside arrives as raw words
 * and is checked here; SEAL's own loaders are never called. This module has no secret key, no key
 * generator and no decryptor.
 */
@NullMarked
package io.cipherstream.seal;

import org.jspecify.annotations.NullMarked;
