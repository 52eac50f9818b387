package io.cipherstream.server.inference;

/** The client left while something was being sent to it: no failure of the appliance. */
final class ClientGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClientGoneException(String what) {
    super(what, null, false, false);
  }
}
