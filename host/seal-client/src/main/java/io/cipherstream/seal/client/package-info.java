/**
 * The client's side of SEAL: the secret key, public keys made from it, encryption and decryption.
 * Keys and ciphertexts leave as raw words and seeds; no native object is shared with the evaluator.
 * An appliance must not have this package on its class path.
 */
@NullMarked
package io.cipherstream.seal.client;

import org.jspecify.annotations.NullMarked;
