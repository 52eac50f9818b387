package io.cipherstream.model;

/**
 * A file's length and content.
 *
 * @param bytes length
 * @param sha256 SHA-256 in lower-case hexadecimal
 */
public record FileDigest(long bytes, String sha256) {}
