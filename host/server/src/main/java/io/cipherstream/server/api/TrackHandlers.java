package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.IntervalsModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.session.UploadQuota;
import io.cipherstream.server.tracks.HeldTrack;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;

/** Begins, fills, lists and deletes tracks. */
final class TrackHandlers {

  private final InferenceServices shared;
  private final UploadQuota quota;

  TrackHandlers(InferenceServices shared, UploadQuota quota) {
    this.shared = shared;
    this.quota = quota;
  }

  /** Begins one under an id that the client has chosen, so that the request can be repeated. */
  void create(RoutingContext ctx) {
    shared.catalog().requireReady();
    String tenant = Requests.tenant(ctx);
    JsonObject body = ctx.body().asJsonObject();
    Session session = shared.registry().require(tenant, body.getString("session"));
    if (!session.info().model().equals(IntervalsModel.NAME)) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "session " + session.id() + " of model '" + session.info().model() + "'",
          "a session of model '" + IntervalsModel.NAME + "'",
          "make a session for it");
    }
    Requests.reply(
        ctx,
        201,
        () ->
            shared
                .pools()
                .sessions()
                .run(
                    tenant,
                    () ->
                        shared
                            .tracks()
                            .create(body.getString("track"), body.getInteger("chunks"), session))
                .recover(failure -> Future.failedFuture(StorageProblems.of(failure)))
                .map(
                    track -> {
                      RequestAudit.object(ctx, track.info().id());
                      return view(track);
                    }));
  }

  void list(RoutingContext ctx) {
    JsonArray all = new JsonArray();
    shared.tracks().of(Requests.tenant(ctx)).forEach(track -> all.add(view(track)));
    Requests.json(ctx, 200, new JsonObject().put("tracks", all));
  }

  void get(RoutingContext ctx) {
    Requests.json(ctx, 200, view(track(ctx)));
  }

  void delete(RoutingContext ctx) {
    HeldTrack track = track(ctx);
    shared
        .pools()
        .sessions()
        .run(
            track.info().tenant(),
            () -> {
              shared.tracks().delete(track);
              return track;
            })
        .onSuccess(done -> ctx.response().setStatusCode(204).end())
        .onFailure(ctx::fail);
  }

  /** Stores one envelope, whose length is known before a byte of it is read. */
  void put(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    request.pause();
    HeldTrack track = track(ctx);
    int index = Integer.parseInt(Requests.parameter(ctx, "index", "[0-9]{1,6}"));
    if (index >= track.envelopes()) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "ciphertext " + index + " of track " + track.info().id(),
          "0 to " + (track.envelopes() - 1),
          "number them plane by plane");
    }
    requireLength(request);
    UploadQuota.Reservation reservation = quota.reserve(track.info().tenant(), 0, 0);
    Limits limits = shared.limits();
    long timer =
        shared
            .vertx()
            .setTimer(1000L * limits.uploadDeadlineSeconds(), id -> request.connection().close());
    Requests.askForBody(ctx);
    Future<Buffer> body = request.body();
    request.resume();
    Requests.reply(
        ctx,
        200,
        () ->
            body.compose(bytes -> stored(track, index, bytes))
                .onComplete(
                    done -> {
                      reservation.close();
                      shared.vertx().cancelTimer(timer);
                    })
                .map(TrackHandlers::view));
  }

  private Future<HeldTrack> stored(HeldTrack track, int index, Buffer bytes) {
    shared.metrics().wire("in", bytes.length());
    shared.usage().wire(track.info().tenant(), bytes.length(), 0);
    return shared
        .pools()
        .keys()
        .run(
            track.info().tenant(),
            () -> {
              track.store(index, bytes.getBytes(), Instant.now());
              return track;
            })
        .recover(failure -> Future.failedFuture(StorageProblems.of(failure)));
  }

  private static void requireLength(HttpServerRequest request) {
    String declared = request.getHeader("Content-Length");
    String expected = HeldTrack.envelopeBytes() + " bytes (bit-packed)";
    if (declared == null) {
      throw ProblemException.of(
          ProblemType.LENGTH_REQUIRED,
          "a ciphertext without Content-Length",
          expected,
          "send the ciphertext's length");
    }
    if (!declared.equals(String.valueOf(HeldTrack.envelopeBytes()))) {
      throw ProblemException.of(
          declared.matches("[0-9]{1,18}") && Long.parseLong(declared) > HeldTrack.envelopeBytes()
              ? ProblemType.TOO_LARGE
              : ProblemType.CIPHERTEXT_INVALID,
          declared.substring(0, Math.min(20, declared.length())) + " bytes for a ciphertext",
          expected,
          "send one bit-packed seeded ciphertext of a track");
    }
  }

  private HeldTrack track(RoutingContext ctx) {
    return shared
        .tracks()
        .require(Requests.tenant(ctx), Requests.parameter(ctx, "track", SessionHandlers.ID));
  }

  private static JsonObject view(HeldTrack track) {
    return new JsonObject()
        .put("track", track.info().id())
        .put("chunks", track.info().chunks())
        .put("bytes", track.bytes())
        .put("created", Instant.ofEpochSecond(track.info().created()).toString())
        .put("missing", track.missing())
        .put("ready", track.missing() == 0);
  }
}
