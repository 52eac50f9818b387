package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page at {@code GET /try}: files that the build made of {@code deploy/clients/javascript}.
 * They hold nothing of the appliance's, so they need no API key; what the page's program asks does.
 * The browser is told to run and to reach nothing but this appliance. Thread-safe.
 */
public final class TryPage {

  private static final Logger LOG = LoggerFactory.getLogger(TryPage.class);

  private static final String PATH = "/try";
  private static final String FOLDER = "io/cipherstream/server/page/";
  private static final String FIRST = "index.html";

  private static final Map<String, String> TYPES =
      Map.of(
          FIRST,
          "text/html; charset=utf-8",
          "page.css",
          "text/css; charset=utf-8",
          "page.js",
          "text/javascript; charset=utf-8",
          "worker.js",
          "text/javascript; charset=utf-8",
          "seal.wasm",
          "application/wasm",
          "icon.svg",
          "image/svg+xml",
          "licences.txt",
          "text/plain; charset=utf-8");

  private static final String POLICY =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src"
          + " 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final boolean on;
  private final String folder;

  /**
   * @param length in bytes
   * @param tag the ETag, from its content
   */
  record File(int length, String tag) {}

  /** Those that are there, by name; none where the build had no npm. */
  private final Map<String, File> files = new LinkedHashMap<>();

  /**
   * @param on whether the page is served; if not, its paths are like any others that are unknown
   */
  public TryPage(boolean on) {
    this(on, FOLDER);
  }

  /**
   * @param folder of the files on the class path
   */
  TryPage(boolean on, String folder) {
    this.on = on;
    this.folder = folder;
    if (on) {
      TYPES.keySet().stream().sorted().forEach(this::read);
      if (files.isEmpty()) {
        LOG.warn("tryPage is on, but this appliance was built without npm and has no page /try");
      }
    }
  }

  private void read(String name) {
    try (InputStream in = TryPage.class.getResourceAsStream("/" + folder + name)) {
      if (in != null) {
        byte[] content = in.readAllBytes();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        String tag = "\"" + HexFormat.of().formatHex(digest, 0, 16) + "\"";
        files.put(name, new File(content.length, tag));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a path is one of the page's. */
  boolean owns(@Nullable String path) {
    return on && path != null && (path.equals(PATH) || path.startsWith(PATH + "/"));
  }

  /**
   * Answers a request for one of the page's paths.
   *
   * @throws ProblemException {@link ProblemType#METHOD_NOT_ALLOWED}, or {@link
   *     ProblemType#NOT_FOUND} for a file that is not there
   */
  void serve(RoutingContext ctx) {
    HttpServerResponse response = ctx.response();
    HttpMethod method = ctx.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      response.putHeader("Allow", "GET, HEAD");
      throw ProblemException.of(
          ProblemType.METHOD_NOT_ALLOWED, method + " " + PATH, "one of [GET, HEAD]", "");
    }
    String name = name(String.valueOf(ctx.request().path()));
    File file = file(name);
    response
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Cache-Control", "no-cache")
        .putHeader("ETag", file.tag());
    if (file.tag().equals(ctx.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader("Content-Type", TYPES.get(name));
    if (method.equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", String.valueOf(file.length())).end();
    } else {
      response.sendFile(folder + name).onFailure(ctx::fail);
    }
  }

  private static String name(String path) {
    String rest = path.substring(PATH.length());
    return rest.length() <= 1 ? FIRST : rest.substring(1);
  }

  /**
   * @throws ProblemException {@link ProblemType#NOT_FOUND} if it is not there
   */
  File file(String name) {
    File file = files.get(name);
    if (file == null) {
      throw missing();
    }
    return file;
  }

  private ProblemException missing() {
    return files.isEmpty()
        ? ProblemException.of(
            ProblemType.NOT_FOUND,
            "a path of the page /try",
            "an appliance that was built with npm",
            "ask its operator to install npm and build it again, or to set tryPage to false")
        : ProblemException.of(
            ProblemType.NOT_FOUND, "another path below /try", "one of " + files.keySet(), "");
  }
}
