package io.cipherstream.gateway;

/** The gateway could not begin to listen. */
public final class GatewayStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  GatewayStartException(String message) {
    super(message);
  }

  GatewayStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
