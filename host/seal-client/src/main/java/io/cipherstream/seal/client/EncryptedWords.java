package io.cipherstream.seal.client;

import java.nio.ByteBuffer;

/** A ciphertext as words {@code [poly][limb][coefficient]} in a direct buffer. */
public record EncryptedWords(int size, int limbs, double scale, ByteBuffer words) {}
