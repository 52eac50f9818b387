package io.cipherstream.server.inference;

/** The client disconnected during sending, which is not a failure of the appliance. */
final class ClientGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClientGoneException(String what) {
    super(what, null, false, false);
  }
}
