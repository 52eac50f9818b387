package io.cipherstream.seal.client;

import java.nio.ByteBuffer;

/**
 * A fresh symmetric encryption: c₀ as words {@code [limb][coefficient]} in a direct buffer, c₁ as
 * the 64-byte seed that it expands from.
 */
@SuppressWarnings("ArrayRecordComponent") // a holder on its way to the wire, never compared
public record SeededCiphertext(int limbs, double scale, byte[] seed, ByteBuffer c0) {}
