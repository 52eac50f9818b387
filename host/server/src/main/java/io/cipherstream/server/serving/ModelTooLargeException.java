package io.cipherstream.server.serving;

/** A model that does not fit into the available memory in any token class. */
final class ModelTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ModelTooLargeException(String message) {
    super(message);
  }
}
