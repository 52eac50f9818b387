package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.RequestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The methods and content types that the contract has for a path. HEAD is allowed wherever GET is.
 */
final class Operations {

  /** The type assumed for a body without one (RFC 9110, 8.3). */
  private static final String UNNAMED = "application/octet-stream";

  private record Known(Pattern path, String method, Set<String> mediaTypes) {
    boolean takes(String asked) {
      return asked.equals(method)
          || (asked.equals(HttpMethod.HEAD.name()) && method.equals(HttpMethod.GET.name()));
    }
  }

  private final List<Known> known = new ArrayList<>();

  Operations(OpenAPIContract contract) {
    for (Operation operation : contract.operations()) {
      RequestBody body = operation.getRequestBody();
      known.add(
          new Known(
              Pattern.compile(operation.getOpenAPIPath().replaceAll("\\{[^}]+}", "[^/]+") + "/?"),
              operation.getHttpMethod().name(),
              body == null ? Set.of() : new TreeSet<>(body.getContent().keySet())));
    }
  }

  /**
   * Lets a request of the contract pass, and one to an unknown path, which is refused later.
   *
   * @throws ProblemException {@link ProblemType#METHOD_NOT_ALLOWED} or {@link
   *     ProblemType#UNSUPPORTED_MEDIA_TYPE}; the answer's header names what is taken
   */
  void check(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    List<Known> here =
        known.stream().filter(k -> k.path.matcher(ctx.normalizedPath()).matches()).toList();
    String method = request.method().name();
    Known operation = here.stream().filter(k -> k.takes(method)).findFirst().orElse(null);
    if (operation != null) {
      checkMediaType(ctx, operation);
    } else if (!here.isEmpty()) {
      Set<String> allowed = new TreeSet<>();
      here.forEach(k -> allowed.add(k.method));
      if (allowed.contains(HttpMethod.GET.name())) {
        allowed.add(HttpMethod.HEAD.name());
      }
      ctx.response().putHeader("Allow", String.join(", ", allowed));
      throw ProblemException.of(
          ProblemType.METHOD_NOT_ALLOWED,
          request.method() + " " + ctx.normalizedPath(),
          "one of " + allowed,
          "");
    }
    ctx.next();
  }

  private static void checkMediaType(RoutingContext ctx, Known operation) {
    if (operation.mediaTypes.isEmpty()) {
      return;
    }
    String header = ctx.request().getHeader("Content-Type");
    String type = mediaType(header);
    if (operation.mediaTypes.contains(type)) {
      ctx.request().headers().set("Content-Type", type); // the validator knows one spelling
    } else {
      String taken = String.join(", ", operation.mediaTypes);
      ctx.response().putHeader("Accept", taken);
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          header == null
              ? "a body without Content-Type"
              : "Content-Type '" + header.substring(0, Math.min(80, header.length())) + "'",
          taken,
          "send the body with this Content-Type");
    }
  }

  private static String mediaType(@Nullable String header) {
    return header == null ? UNNAMED : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
