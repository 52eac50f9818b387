package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Whereabouts;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.StorageProblems;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.Pipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes ask each other about sessions, on the listener that a certificate of the cluster's
 * authority alone opens: HEAD whether this node serves one, PUT to hand one over, POST to serve it
 * from now on.
 */
final class NodeHandlers {

  /** When a session that is handed over was used last, in milliseconds since 1970. */
  static final String LAST_USED = "Cipherstream-Last-Used";

  private static final Logger LOG = LoggerFactory.getLogger(NodeHandlers.class);
  private static final Pattern PATH = Pattern.compile(Whereabouts.path("([0-9a-f]{32})"));
  private static final int DONE = 204;
  private static final int NOT_HERE = 404;

  private final InferenceServices services;
  private final ApiServices api;
  private final SessionHandlers sessions;

  /**
   * @param sessions to know which keys a session's plans need
   */
  NodeHandlers(ApiServices api, SessionHandlers sessions) {
    this.services = api.inference();
    this.api = api;
    this.sessions = sessions;
  }

  /** Whether a request is one of these. */
  static boolean owns(HttpServerRequest request) {
    return PATH.matcher(String.valueOf(request.path())).matches();
  }

  void handle(HttpServerRequest request) {
    Matcher path = PATH.matcher(String.valueOf(request.path()));
    if (!path.matches()) {
      throw new IllegalArgumentException(request.path() + " is no request between nodes");
    }
    String id = path.group(1);
    if (request.method().equals(HttpMethod.HEAD)) {
      answer(request, services.registry().find(id).isPresent() ? DONE : NOT_HERE);
    } else if (request.method().equals(HttpMethod.PUT)) {
      take(request, id);
    } else if (request.method().equals(HttpMethod.POST)) {
      serve(request, id);
    } else {
      answer(request, ProblemType.METHOD_NOT_ALLOWED.status());
    }
  }

  private static void answer(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }

  private void take(HttpServerRequest request, String id) {
    Instant lastUsed;
    long length;
    try {
      lastUsed = lastUsed(request);
      length = length(request);
    } catch (ProblemException e) {
      refuse(request, id, e);
      return;
    }
    request.pause();
    Pipe<Buffer> body = request.pipe(); // now, so that a node that goes is noticed
    received(body, length)
        .compose(packed -> blocking(() -> taken(id, packed, lastUsed)))
        .onSuccess(taken -> answer(request, DONE))
        .onFailure(
            e -> {
              if (!request.isEnded()) { // what is still to come is dropped
                body.close();
                request.resume();
              }
              refuse(request, id, e);
            });
  }

  private @Nullable Void taken(String id, Path packed, Instant lastUsed) throws IOException {
    api.moves().take(id, packed, lastUsed, this::check);
    return null;
  }

  /** Receives the body into a file. */
  private Future<Path> received(Pipe<Buffer> body, long length) {
    FileSystem files = services.vertx().fileSystem();
    OpenOptions anew = new OpenOptions().setRead(false).setCreate(false);
    return blocking(
            () -> {
              services.catalog().requireRunning("a session of another node");
              api.quota().checkDisk(api.store().usableBytes() - length);
              return api.store().newUpload();
            })
        .compose(
            packed ->
                files
                    .open(packed.toString(), anew)
                    .compose(file -> Requests.write(body, file))
                    .map(packed)
                    .onFailure(e -> files.delete(packed.toString())));
  }

  private <T extends @Nullable Object> Future<T> blocking(Callable<T> work) {
    return services.vertx().executeBlocking(work, false);
  }

  private static long length(HttpServerRequest request) {
    String length = String.valueOf(request.getHeader("Content-Length"));
    if (!length.matches("[0-9]{1,15}")) {
      throw ProblemException.of(
          ProblemType.LENGTH_REQUIRED, "a session without its length", "Content-Length", "");
    }
    return Long.parseLong(length);
  }

  private static Instant lastUsed(HttpServerRequest request) {
    String time = String.valueOf(request.getHeader(LAST_USED));
    if (!time.matches("[0-9]{1,15}")) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          LAST_USED + ": " + time.substring(0, Math.min(64, time.length())),
          "milliseconds since 1970",
          "");
    }
    return Instant.ofEpochMilli(Long.parseLong(time));
  }

  /** Refuses a session whose model, plans or tenant this node does not have. */
  private void check(Session session) {
    String here = services.catalog().require(session.info().model()).packageDigest();
    if (!here.equals(session.info().packageDigest())) {
      throw ProblemException.of(
          ProblemType.MODEL_UNKNOWN,
          "a session for package " + session.info().packageDigest(),
          "one for " + here,
          "");
    }
    sessions.required(session);
    if (!api.apiKeys().isTenant(session.tenant())) {
      throw ProblemException.of(
          ProblemType.UNAUTHORIZED, "tenant '" + session.tenant() + "'", "one of this node's", "");
    }
  }

  private void serve(HttpServerRequest request, String id) {
    blocking(() -> api.moves().serve(id))
        .onSuccess(
            served -> {
              if (served) {
                LOG.info("session {} has come from another node", id);
                services.metrics().sessionCame();
              }
              answer(request, served ? DONE : NOT_HERE);
            })
        .onFailure(e -> refuse(request, id, e));
  }

  private void refuse(HttpServerRequest request, String id, Throwable why) {
    LOG.info("session {} of another node is not taken: {}", id, why.toString());
    if (!request.response().ended() && !request.response().closed()) {
      answer(request, status(why));
    }
  }

  private static int status(Throwable why) {
    if (why instanceof ZipException) {
      return ProblemType.REQUEST_INVALID.status();
    }
    return StorageProblems.of(why) instanceof ProblemException problem
        ? problem.type().status()
        : ProblemType.INTERNAL.status();
  }
}
