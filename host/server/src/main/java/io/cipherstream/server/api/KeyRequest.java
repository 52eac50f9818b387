package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.Session;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request that brings a key, or the rest of one.
 *
 * @param token by which the upload can be resumed; null if it cannot
 * @param offset of the body's first byte within the key
 * @param bytes of the body
 */
record KeyRequest(@Nullable String token, long offset, long bytes) {

  /** Bytes of the key that have come; those of a body begin there. */
  static final String OFFSET = "Upload-Offset";

  private static final String NUMBER = "[0-9]{1,18}";
  private static final int SHOWN_MAX = 20;

  /**
   * @throws ProblemException {@link ProblemType#LENGTH_REQUIRED}; {@link ProblemType#TOO_LARGE} or
   *     {@link ProblemType#KEY_INVALID} for a length that is not the key's; {@link
   *     ProblemType#REQUEST_INVALID} for an offset that is no number or has no token
   */
  static KeyRequest of(HttpServerRequest request, Session session, KeySpec spec) {
    long packed = EnvelopeSizes.key(session.parameters(), spec, WordPacking.BIT_PACKED);
    long raw = EnvelopeSizes.key(session.parameters(), spec, WordPacking.RAW);
    String expected = packed + " bytes (bit-packed) or " + raw + " bytes (raw)";
    String token = token(request);
    long offset = offset(request.getHeader(OFFSET), token);
    String header = request.getHeader("Content-Length");
    // Clients of HTTP/2 leave out the length of an empty body, which only a lost answer is asked
    // with.
    if (header == null && (offset == packed || offset == raw)) {
      return new KeyRequest(token, offset, 0);
    }
    if (header == null) {
      throw ProblemException.of(
          ProblemType.LENGTH_REQUIRED,
          "a key without Content-Length",
          expected,
          "send the key's length");
    }
    long bytes = header.matches(NUMBER) ? Long.parseLong(header) : -1;
    if (bytes < 0 || (offset + bytes != packed && offset + bytes != raw)) {
      boolean longer = offset + bytes > raw;
      throw ProblemException.of(
              longer ? ProblemType.TOO_LARGE : ProblemType.KEY_INVALID,
              shown(header)
                  + " bytes "
                  + (offset == 0 ? "for" : "from byte " + offset + " of")
                  + " key "
                  + spec.label(),
              expected,
              "send the key for exactly the limbs that requiredKeys name")
          .with("wireError", longer ? "OVERSIZED" : "TRUNCATED");
    }
    return new KeyRequest(token, offset, bytes);
  }

  /** The token of a request; null without one. */
  static @Nullable String token(HttpServerRequest request) {
    return IdempotencyKey.text(
        request.getHeader(IdempotencyKey.HEADER), "choose a random key for every upload");
  }

  private static long offset(@Nullable String header, @Nullable String token) {
    if (header == null) {
      return 0;
    }
    if (token == null || !header.matches(NUMBER)) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          OFFSET + " '" + shown(header) + "'" + (token == null ? " without Idempotency-Key" : ""),
          "a number of bytes, with the Idempotency-Key of the request that broke off",
          "ask for the number with HEAD");
    }
    return Long.parseLong(header);
  }

  private static String shown(String header) {
    return header.substring(0, Math.min(SHOWN_MAX, header.length()));
  }
}
