package io.cipherstream.gateway;

import io.cipherstream.gateway.door.GatewayLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the gateway listens, and for whom.
 *
 * @param host address to listen on
 * @param port TCP port; 0 for any free one
 * @param grpcPort TCP port of gRPC, 0 for any free one; none if empty
 * @param tls certificate and key; empty for plain HTTP, on a loopback address only
 * @param token what every request must carry as a bearer token; needed elsewhere than on loopback
 * @param limits what one caller may take
 */
public record GatewayOptions(
    String host,
    int port,
    OptionalInt grpcPort,
    Optional<GatewayTls> tls,
    Optional<String> token,
    GatewayLimits limits) {

  private static final int PORT_MAX = 65_535;
  private static final int TOKEN_CHARACTERS_MIN = 16;

  /**
   * @throws IllegalArgumentException if the gateway would be open to other machines without TLS and
   *     a token, or if a value is out of its range
   */
  public GatewayOptions {
    for (int number : new int[] {port, grpcPort.orElse(0)}) {
      if (number < 0 || number > PORT_MAX) {
        throw new IllegalArgumentException("port " + number + ": expected 0 to " + PORT_MAX);
      }
    }
    if (token.isPresent() && token.get().length() < TOKEN_CHARACTERS_MIN) {
      throw new IllegalArgumentException(
          "a token of "
              + token.get().length()
              + " characters: expected at least "
              + TOKEN_CHARACTERS_MIN
              + ", as from 'openssl rand -hex 32'");
    }
    if (!isLoopback(host) && (tls.isEmpty() || token.isEmpty())) {
      throw new IllegalArgumentException(
          "address "
              + host
              + " is open to other machines, which would send texts "
              + (tls.isEmpty() ? "in the clear" : "without showing who they are")
              + ": expected a TLS certificate and a token, or a loopback address");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "address '" + host + "' is not known: expected an address of this machine", e);
    }
  }

  @Override
  public String toString() {
    return "a gateway at " + host + ":" + port; // the token is never shown
  }
}
