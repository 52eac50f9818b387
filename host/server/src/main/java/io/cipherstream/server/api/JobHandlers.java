package io.cipherstream.server.api;

import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.jobs.Job;
import io.cipherstream.server.jobs.JobInfo;
import io.cipherstream.server.jobs.Jobs;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.wire.InferTensors;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Lists, shows, answers and ends jobs. */
final class JobHandlers {

  /** Longest time for which a request waits for the end of a job, in seconds. */
  private static final int WAIT_SECONDS_MAX = 30;

  private final InferenceServices services;
  private final Jobs jobs;

  JobHandlers(InferenceServices services) {
    this.services = services;
    this.jobs = services.jobs();
  }

  void list(RoutingContext ctx) {
    JsonArray all = new JsonArray();
    jobs.of(Requests.tenant(ctx)).forEach(job -> all.add(view(jobs, job)));
    Requests.json(ctx, 200, new JsonObject().put("jobs", all));
  }

  /** Waits for the end as long as the client prefers. */
  void get(RoutingContext ctx) {
    Job job = job(ctx);
    int seconds = Preferences.waitSeconds(ctx.request(), WAIT_SECONDS_MAX);
    if (seconds == 0 || job.isOver()) {
      Requests.json(ctx, 200, view(jobs, job));
      return;
    }
    Vertx vertx = services.vertx();
    Context context = vertx.getOrCreateContext();
    AtomicLong timer = new AtomicLong();
    Runnable over =
        () ->
            context.runOnContext(
                v -> {
                  if (vertx.cancelTimer(timer.get())) {
                    shown(ctx, job);
                  }
                });
    timer.set(
        vertx.setTimer(
            1000L * seconds,
            id -> {
              job.noLonger(over);
              shown(ctx, job);
            }));
    ctx.addEndHandler(ended -> job.noLonger(over)); // also when the client leaves
    job.whenOver(over);
  }

  /** The job as it is now, or that it was deleted meanwhile. */
  private void shown(RoutingContext ctx, Job job) {
    if (ctx.response().closed()) {
      return;
    }
    try {
      Requests.json(ctx, 200, view(jobs, jobs.require(Requests.tenant(ctx), job.info().id())));
    } catch (ProblemException e) {
      ctx.fail(e);
    }
  }

  /** What the request to {@code infer} would have been answered. */
  void result(RoutingContext ctx) {
    Job job = job(ctx);
    if (!job.isOver()) {
      throw ProblemException.of(
              ProblemType.JOB_UNFINISHED,
              "a request for the answer of job " + job.info().id(),
              "one after the job is over",
              "ask for the job first; with 'Prefer: wait=30' the answer comes when it is over")
          .with("retryAfterSeconds", services.limits().retryAfterSeconds());
    }
    ProblemException problem = job.problem();
    if (problem != null) {
      throw problem;
    }
    ctx.response()
        .putHeader("Content-Type", "application/octet-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader(InferTensors.HEADER_LENGTH, String.valueOf(job.info().headerBytes()))
        .sendFile(jobs.answer(job).toString())
        .onFailure(ctx::fail);
  }

  void delete(RoutingContext ctx) {
    Job job = job(ctx);
    services
        .pools()
        .sessions()
        .run(
            job.info().tenant(),
            () -> {
              jobs.delete(job);
              return job;
            })
        .onSuccess(done -> ctx.response().setStatusCode(204).end())
        .onFailure(ctx::fail);
  }

  private Job job(RoutingContext ctx) {
    return jobs.require(Requests.tenant(ctx), Requests.parameter(ctx, "job", SessionHandlers.ID));
  }

  static JsonObject view(Jobs jobs, Job job) {
    JobInfo info = job.info();
    Instant expires = jobs.expires(job);
    ProblemException problem = job.problem();
    JsonObject view =
        new JsonObject()
            .put("job", info.id())
            .put("model", info.model())
            .put("session", info.session())
            .put("inference", info.inference())
            .put("state", job.state().name().toLowerCase(Locale.ROOT))
            .put("created", Instant.ofEpochSecond(info.created()).toString());
    if (!job.isOver()) {
      return view.put("waitingSeconds", job.waitingSeconds());
    }
    view.put("expires", String.valueOf(expires));
    return problem == null
        ? view.put("bytes", info.bytes())
        : view.put("problem", problem.toJson(info.inference()));
  }
}
