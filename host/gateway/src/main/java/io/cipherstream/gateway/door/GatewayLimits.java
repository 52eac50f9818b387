package io.cipherstream.gateway.door;

/**
 * What one caller may take of the gateway.
 *
 * @param bodyBytesMax bytes of a request's body
 * @param textsMax texts of one request
 * @param textCharactersMax UTF-16 units of one text
 * @param requestsMax requests that are being answered at one time
 * @param connectionsMax open connections
 * @param bodySeconds until a request's body must be there
 * @param idleSeconds that a connection may stay without a request
 * @param replySeconds until an answer must have been read
 * @param drainSeconds that a stop waits for running requests
 */
public record GatewayLimits(
    int bodyBytesMax,
    int textsMax,
    int textCharactersMax,
    int requestsMax,
    int connectionsMax,
    int bodySeconds,
    int idleSeconds,
    int replySeconds,
    int drainSeconds) {

  /** 1 MiB, 64 texts of 32 768 characters, 128 requests, 256 connections, 20, 60, 30 and 30 s. */
  public static final GatewayLimits DEFAULTS =
      new GatewayLimits(1 << 20, 64, 1 << 15, 128, 256, 20, 60, 30, 30);

  /**
   * @throws IllegalArgumentException if one is not positive
   */
  public GatewayLimits {
    for (int limit :
        new int[] {
          bodyBytesMax,
          textsMax,
          textCharactersMax,
          requestsMax,
          connectionsMax,
          bodySeconds,
          idleSeconds,
          replySeconds,
          drainSeconds
        }) {
      if (limit < 1) {
        throw new IllegalArgumentException("a limit is " + limit + ": expected at least 1");
      }
    }
  }
}
