package io.cipherstream.server.engine;

/** Level and exact scale of a ciphertext of size 2 that crosses the wire. */
public record CiphertextShape(int limbs, double scale) {}
