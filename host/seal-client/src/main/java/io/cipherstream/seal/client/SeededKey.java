package io.cipherstream.seal.client;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A public key for {@code limbs} limbs in seeded form: c₀ as words {@code [digit][q₀ … q₍limbs₋₁₎,
 * special primes][coefficient]} in a direct buffer, and for each digit the 64-byte seed of c₁,
 * which expands over the same primes in the same order.
 *
 * @param step the rotation step; 0 for the relinearisation key and the public encryption key
 * @param limbs number of limbs of the ciphertexts it serves; a switching key has {@link
 *     io.cipherstream.ckks.CkksParameters#digits} of that (the public encryption key has one)
 */
public record SeededKey(int step, int limbs, List<byte[]> seeds, ByteBuffer c0) {}
