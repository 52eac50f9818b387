package io.cipherstream.gateway.door;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in: whoever has the token, or without one whoever speaks to a loopback name. Without
 * a token a page of another site could speak through its visitor's browser: it is known by its
 * origin, or by the name under which it reached this machine.
 */
public final class Entrance {

  private static final String SCHEME = "bearer ";

  /** Health for probes, and the page's own files, which hold nothing. */
  private static final Set<String> OPEN =
      Set.of(
          "/",
          "/page/common.css",
          "/page/common.js",
          "/page/page.css",
          "/page/page.js",
          "/health",
          "/health/live",
          "/health/ready",
          "/v2/health/live",
          "/v2/health/ready");

  private final byte @Nullable [] tokenDigest;

  /**
   * @param token that every request must carry; empty for a gateway on a loopback address
   */
  public Entrance(Optional<String> token) {
    this.tokenDigest = token.map(Entrance::digest).orElse(null);
  }

  /**
   * @throws GatewayProblem of kind UNAUTHORIZED, FORBIDDEN or MISDIRECTED
   */
  public void check(HttpServerRequest request) {
    checkOrigin(request);
    String path = String.valueOf(request.path());
    if (tokenDigest == null) {
      checkHost(request.authority());
    } else if (!OPEN.contains(path)) {
      checkToken(request.getHeader("Authorization"), tokenDigest);
    }
  }

  /**
   * The same for a request that no browser's page can send.
   *
   * @param authorization the header of that name
   * @throws GatewayProblem of kind UNAUTHORIZED
   */
  public void checkToken(@Nullable String authorization) {
    if (tokenDigest != null) {
      checkToken(authorization, tokenDigest);
    }
  }

  private static void checkToken(@Nullable String header, byte[] expected) {
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw unauthorized("no token came");
    }
    byte[] came = digest(header.substring(SCHEME.length()).strip());
    if (!MessageDigest.isEqual(came, expected)) {
      throw unauthorized("the token is not this gateway's");
    }
  }

  private static GatewayProblem unauthorized(String what) {
    return GatewayProblem.of(
        GatewayProblemKind.UNAUTHORIZED,
        what
            + ": expected the header 'Authorization: Bearer TOKEN' (an API key in clients of"
            + " OpenAI)");
  }

  private static void checkOrigin(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin == null) {
      return;
    }
    HostAndPort own = request.authority();
    String named;
    try {
      named = String.valueOf(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException e) {
      named = "";
    }
    if (own == null || !named.equalsIgnoreCase(own.toString())) {
      throw GatewayProblem.of(
          GatewayProblemKind.FORBIDDEN,
          "a page of another origin asked: the gateway answers only its own page and programs");
    }
  }

  private static void checkHost(@Nullable HostAndPort authority) {
    String host = authority == null ? "" : authority.host().toLowerCase(Locale.ROOT);
    boolean loopback =
        host.equals("localhost")
            || host.endsWith(".localhost")
            || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
            || host.equals("[::1]")
            || host.equals("::1");
    if (!loopback) {
      throw GatewayProblem.of(
          GatewayProblemKind.MISDIRECTED,
          "the host of the request is no loopback name: use http://127.0.0.1 or http://localhost");
    }
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
