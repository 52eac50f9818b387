/**
 * Polynomial encoders of two layers, which an appliance can evaluate on ciphertexts without a
 * round: their weights, their plaintext pass, the merged form that the encrypted program computes,
 * proved and measured ranges, and their packages. This package must not know encryption, packing or
 * the network.
 */
@NullMarked
package io.cipherstream.model.sealed;

import org.jspecify.annotations.NullMarked;
