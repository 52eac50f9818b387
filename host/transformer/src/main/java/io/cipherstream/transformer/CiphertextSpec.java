package io.cipherstream.transformer;

/**
 * Level and scale of one ciphertext of two polynomials that crosses the wire.
 *
 * @param limbs data primes, at least 1
 * @param scale exact double that client and server compute identically
 */
public record CiphertextSpec(int limbs, double scale) {}
