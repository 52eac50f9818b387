package io.cipherstream.server.api;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The {@code Prefer} header (RFC 7240), of which two preferences are known. */
final class Preferences {

  private static final String HEADER = "Prefer";
  private static final String LATER = "respond-async";
  private static final String WAIT = "wait=";

  private Preferences() {}

  /** Whether the client wants to fetch the answer later. */
  static boolean later(HttpServerRequest request) {
    return of(request).contains(LATER);
  }

  /** What the answer says of {@link #later}. */
  static void applied(HttpServerResponse response) {
    response.putHeader("Preference-Applied", LATER);
  }

  /**
   * Seconds that the client would wait for something to happen.
   *
   * @param most seconds of a longer wait
   */
  static int waitSeconds(HttpServerRequest request, int most) {
    return of(request).stream()
        .filter(each -> each.matches(WAIT + "[0-9]{1,4}"))
        .mapToInt(each -> Math.min(most, Integer.parseInt(each.substring(WAIT.length()))))
        .findFirst()
        .orElse(0);
  }

  private static List<String> of(HttpServerRequest request) {
    return request.headers().getAll(HEADER).stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(each -> each.strip().toLowerCase(Locale.ROOT))
        .toList();
  }
}
