package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.inference.FairPool;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.KeyFiles;
import io.cipherstream.server.session.PartialUploads;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.session.UploadQuota;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.streams.Pipe;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Receives one key. The body flows with back-pressure from the socket to a temporary file, which is
 * forced to disk and checked word by word on a worker thread. Only then is it renamed to the key's
 * file. On any failure the file is deleted, unless the connection broke and the upload has a token
 * by which {@link PartialUploads} continues it.
 */
final class KeyUpload {

  private static final String BROKEN_OFF = "cipherstream.upload-broken-off";

  private final Vertx vertx;
  private final Limits limits;
  private final SessionHandlers sessions;
  private final SessionRegistry registry;
  private final SessionStore store;
  private final KeyFiles keyFiles;
  private final KeyCache keyCache;
  private final UploadQuota quota;
  private final PartialUploads partials;
  private final FairPool pool;
  private final ServerMetrics metrics;
  private final TenantUsage usage;
  private final SessionView view;

  KeyUpload(
      Vertx vertx,
      Limits limits,
      SessionHandlers sessions,
      SessionRegistry registry,
      SessionStore store,
      KeyFiles keyFiles,
      KeyCache keyCache,
      UploadQuota quota,
      PartialUploads partials,
      FairPool pool,
      ServerMetrics metrics,
      TenantUsage usage,
      SessionView view) {
    this.vertx = vertx;
    this.limits = limits;
    this.sessions = sessions;
    this.registry = registry;
    this.store = store;
    this.keyFiles = keyFiles;
    this.keyCache = keyCache;
    this.quota = quota;
    this.partials = partials;
    this.pool = pool;
    this.metrics = metrics;
    this.usage = usage;
    this.view = view;
  }

  /** HEAD: how much of a key has come under the request's token. */
  void offset(RoutingContext ctx) {
    Session session = sessions.session(ctx);
    String label = spec(ctx, sessions.required(session)).label();
    String token = KeyRequest.token(ctx.request());
    if (token == null) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "HEAD of key " + label + " without Idempotency-Key",
          "the Idempotency-Key of the upload",
          "name the upload whose offset you want");
    }
    settled(session, label, token)
        .onSuccess(
            v ->
                ctx.response()
                    .setStatusCode(204)
                    .putHeader("Cache-Control", "no-store")
                    .putHeader(
                        KeyRequest.OFFSET, String.valueOf(partials.held(session, label, token)))
                    .end())
        .onFailure(ctx::fail);
  }

  /** PUT: a key, or the rest of one. */
  void put(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    request.pause();
    Session session = sessions.session(ctx);
    RequiredKeys required = sessions.required(session);
    KeySpec spec = spec(ctx, required);
    KeyRequest head = KeyRequest.of(request, session, spec);
    Session.Use use = registry.use(session);
    long timer =
        vertx.setTimer(1000L * limits.uploadDeadlineSeconds(), id -> request.connection().close());
    // Made now, so that a client that disconnects before the file is open is noticed.
    Pipe<Buffer> body = request.pipe();
    Requests.reply(
        ctx,
        200,
        () ->
            settled(session, spec.label(), head.token())
                .compose(v -> received(ctx, body, session, spec, head))
                .onComplete(
                    done -> {
                      use.close();
                      vertx.cancelTimer(timer);
                    })
                .map(length -> view.keyStored(session, required, spec.label(), length)));
  }

  private static KeySpec spec(RoutingContext ctx, RequiredKeys required) {
    return required.require(Requests.parameter(ctx, "key", "public|relinearization|-?[0-9]{1,6}"));
  }

  private Future<Void> settled(Session session, String label, @Nullable String token) {
    return Future.fromCompletionStage(
        partials.settled(session, label, token), vertx.getOrCreateContext());
  }

  /** Receives, checks and stores the key; gives its length. */
  private Future<Long> received(
      RoutingContext ctx, Pipe<Buffer> body, Session session, KeySpec spec, KeyRequest head) {
    if (head.bytes() == 0 && partials.isStored(session, spec.label(), head.token())) {
      body.close();
      ctx.request().resume();
      return Future.succeededFuture(head.offset()); // its answer was lost
    }
    return claimed(ctx, session, spec, head)
        .compose(
            upload -> {
              Requests.askForBody(ctx);
              return written(body, upload, head.offset())
                  .transform(
                      written ->
                          written.succeeded()
                              ? checked(session, spec, upload)
                              : ended(upload, isBroken(ctx, written.cause()), written.cause()));
            });
  }

  private Future<PartialUploads.Upload> claimed(
      RoutingContext ctx, Session session, KeySpec spec, KeyRequest head) {
    Context context = vertx.getOrCreateContext();
    Runnable breakOff =
        () ->
            context.runOnContext(
                v -> {
                  if (!ctx.request().isEnded()) {
                    ctx.put(BROKEN_OFF, true);
                    Connections.breakOff(ctx);
                  }
                });
    String token = head.token();
    if (head.offset() > 0 && token != null) {
      PartialUploads.Upload upload =
          partials.resume(session, spec.label(), token, head.offset(), head.bytes(), breakOff);
      if (upload != null) {
        metrics.uploadResumed();
        return Future.succeededFuture(upload);
      }
      long held = partials.held(session, spec.label(), token);
      ctx.response().putHeader(KeyRequest.OFFSET, String.valueOf(held));
      return Future.failedFuture(
          ProblemException.of(
                  ProblemType.UPLOAD_OFFSET,
                  "byte " + head.offset() + " and what follows of key " + spec.label(),
                  "what follows the " + held + " bytes that have come under this Idempotency-Key",
                  "ask for the offset with HEAD, and go on there")
              .with("retryAfterSeconds", 1));
    }
    return begun(session, spec, head, breakOff);
  }

  private Future<PartialUploads.Upload> begun(
      Session session, KeySpec spec, KeyRequest head, Runnable breakOff) {
    return pool.run(
            session.tenant(),
            () -> {
              PartialUploads.Upload upload =
                  partials.begin(session, spec.label(), head.token(), head.bytes(), breakOff);
              try {
                quota.checkDisk(store.usableBytes());
                upload.into(store.newUpload());
                return upload;
              } catch (IOException | RuntimeException e) {
                upload.drop();
                throw e;
              }
            })
        .recover(failure -> Future.failedFuture(StorageProblems.of(failure)));
  }

  private Future<Void> written(Pipe<Buffer> body, PartialUploads.Upload upload, long offset) {
    return vertx
        .fileSystem()
        .open(
            String.valueOf(upload.file()),
            new OpenOptions().setRead(false).setWrite(true).setCreate(false))
        .compose(open -> Requests.write(body, open.setWritePos(offset)));
  }

  private Future<Long> checked(Session session, KeySpec spec, PartialUploads.Upload upload) {
    return pool.run(
            session.tenant(),
            () -> {
              accept(session, spec, upload);
              return upload.length();
            })
        .recover(e -> ended(upload, false, e));
  }

  /** Whether an upload failed for want of its connection, over HTTP/2 of its stream. */
  private static boolean isBroken(RoutingContext ctx, Throwable why) {
    return ctx.get(BROKEN_OFF) != null
        || ctx.response().closed()
        || why instanceof HttpClosedException
        || why instanceof StreamResetException;
  }

  /**
   * Ends an upload that failed.
   *
   * @param brokeOff whether its connection broke, so that it may be continued
   */
  private Future<Long> ended(PartialUploads.Upload upload, boolean brokeOff, Throwable why) {
    return vertx
        .executeBlocking(
            () -> {
              if (brokeOff) {
                upload.brokeOff();
              } else {
                upload.drop();
              }
              return null;
            },
            false)
        .transform(done -> Future.failedFuture(StorageProblems.of(why)));
  }

  private void accept(Session session, KeySpec spec, PartialUploads.Upload upload)
      throws IOException {
    Path file = Objects.requireNonNull(upload.file(), "an upload that was written has a file");
    keyFiles.check(file, session, spec);
    registry.storeKey(session, spec.label(), file, upload.length());
    upload.stored();
    keyCache.drop(session.id());
    registry.touch(session);
    metrics.keyUploaded(upload.length());
    usage.key(session.tenant(), upload.length());
  }
}
