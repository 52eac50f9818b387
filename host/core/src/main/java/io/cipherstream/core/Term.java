package io.cipherstream.core;

/**
 * A term of a sum of products.
 *
 * @param a slot of the first factor
 * @param b the second factor
 */
public record Term(int a, Factor b) {}
