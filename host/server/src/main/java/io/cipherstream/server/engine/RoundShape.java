package io.cipherstream.server.engine;

import java.util.List;

/**
 * One interaction of an inference.
 *
 * @param operation what the client does, for people
 * @param down ciphertexts to the client
 * @param up ciphertexts expected back
 */
public record RoundShape(String operation, List<CiphertextShape> down, List<CiphertextShape> up) {}
