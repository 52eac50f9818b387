package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.inference.FairPool;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.KeyFiles;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.session.UploadQuota;
import io.cipherstream.server.tenant.TenantUsage;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.Pipe;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Receives one key. The body flows with back-pressure from the socket to a temporary file, which is
 * forced to disk and checked word by word on a worker thread. Only then is it renamed to the key's
 * file. On any failure the file is deleted.
 */
final class KeyUpload {

  private final Vertx vertx;
  private final Limits limits;
  private final SessionHandlers sessions;
  private final SessionRegistry registry;
  private final SessionStore store;
  private final KeyFiles keyFiles;
  private final KeyCache keyCache;
  private final UploadQuota quota;
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
    this.pool = pool;
    this.metrics = metrics;
    this.usage = usage;
    this.view = view;
  }

  void put(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    request.pause();
    Session session = sessions.session(ctx);
    RequiredKeys required = sessions.required(session);
    KeySpec spec =
        required.require(Requests.parameter(ctx, "key", "public|relinearization|-?[0-9]{1,6}"));
    long length = declaredLength(request, session, spec);
    Session.Use use = registry.use(session);
    UploadQuota.Reservation reservation = reserve(session, spec, length, use);
    long timer =
        vertx.setTimer(1000L * limits.uploadDeadlineSeconds(), id -> request.connection().close());
    Requests.askForBody(ctx);
    // Made now, so that a client that disconnects before the file is open is noticed.
    Pipe<Buffer> body = request.pipe();
    Requests.reply(
        ctx,
        200,
        () ->
            newFile(session.tenant())
                .compose(file -> receive(body, session, spec, length, file))
                .onComplete(
                    done -> {
                      reservation.close();
                      use.close();
                      vertx.cancelTimer(timer);
                    })
                .map(done -> view.keyStored(session, required, spec.label(), length)));
  }

  private UploadQuota.Reservation reserve(
      Session session, KeySpec spec, long length, Session.Use use) {
    try {
      return quota.reserve(session.tenant(), length, storedLength(session, spec));
    } catch (ProblemException e) {
      use.close();
      throw e;
    }
  }

  private Future<Void> receive(
      Pipe<Buffer> body, Session session, KeySpec spec, long length, Path file) {
    return vertx
        .fileSystem()
        .open(file.toString(), new OpenOptions().setRead(false).setWrite(true).setCreate(false))
        .compose(open -> pipe(body, open))
        .compose(
            piped ->
                pool.run(
                    session.tenant(),
                    () -> {
                      accept(session, spec, length, file);
                      return length;
                    }))
        .<Void>mapEmpty()
        .recover(
            failure ->
                vertx
                    .executeBlocking(() -> Files.deleteIfExists(file), false)
                    .transform(deleted -> Future.failedFuture(StorageProblems.of(failure))));
  }

  private static Future<Void> pipe(Pipe<Buffer> body, AsyncFile file) {
    return body.endOnComplete(false)
        .to(file)
        .transform(piped -> file.close().transform(closed -> outcome(piped, closed)));
  }

  private static Future<Void> outcome(AsyncResult<Void> piped, AsyncResult<Void> closed) {
    AsyncResult<Void> worse = piped.failed() ? piped : closed;
    return worse.failed() ? Future.failedFuture(worse.cause()) : Future.succeededFuture();
  }

  private void accept(Session session, KeySpec spec, long length, Path file) throws IOException {
    keyFiles.check(file, session, spec);
    registry.storeKey(session, spec.label(), file, length);
    keyCache.drop(session.id());
    registry.touch(session);
    metrics.keyUploaded(length);
    usage.key(session.tenant(), length);
  }

  private Future<Path> newFile(String tenant) {
    return pool.run(
            tenant,
            () -> {
              quota.checkDisk(store.usableBytes());
              return store.newUpload();
            })
        .recover(failure -> Future.failedFuture(StorageProblems.of(failure)));
  }

  private static long storedLength(Session session, KeySpec spec) {
    return session.storedKeys().contains(spec.label()) ? session.storedBytes(spec.label()) : 0;
  }

  private static long declaredLength(HttpServerRequest request, Session session, KeySpec spec) {
    long packed = EnvelopeSizes.key(session.parameters(), spec, WordPacking.BIT_PACKED);
    long raw = EnvelopeSizes.key(session.parameters(), spec, WordPacking.RAW);
    String expected = packed + " bytes (bit-packed) or " + raw + " bytes (raw)";
    String header = request.getHeader("Content-Length");
    if (header == null) {
      throw ProblemException.of(
          ProblemType.LENGTH_REQUIRED,
          "a key without Content-Length",
          expected,
          "send the key's length");
    }
    long length;
    try {
      length = Long.parseLong(header);
    } catch (NumberFormatException e) {
      length = -1;
    }
    if (length != packed && length != raw) {
      throw ProblemException.of(
              length > raw ? ProblemType.TOO_LARGE : ProblemType.KEY_INVALID,
              header.substring(0, Math.min(20, header.length())) + " bytes for key " + spec.label(),
              expected,
              "send the key for exactly the limbs that requiredKeys name")
          .with("wireError", length > raw ? "OVERSIZED" : "TRUNCATED");
    }
    return length;
  }
}
