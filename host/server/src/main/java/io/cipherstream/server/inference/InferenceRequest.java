package io.cipherstream.server.inference;

import io.cipherstream.server.config.NodeTag;
import io.cipherstream.server.jobs.Job;
import io.cipherstream.server.jobs.JobInfo;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionInfo;
import io.cipherstream.server.session.SessionStore;
import io.cipherstream.server.session.StorageProblems;
import io.cipherstream.server.tenant.AuditEntry;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.InferTensors;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One inference without rounds as one HTTP request: the envelopes go from its body to the inference
 * as they come, and the answer from the inference to the response. Confined to the request's
 * context, but for what {@link InferenceHolder} says.
 */
public final class InferenceRequest
    implements ActiveInference.Listener, InferBody.Parts, InferenceHolder {

  /**
   * What a request wants whose answer is to be fetched later.
   *
   * @param tag what the job's id begins with
   * @param idempotencyKey the client's name for the request; null without one
   * @param asked the request's entry in the audit log
   */
  public record Later(String tag, @Nullable String idempotencyKey, AuditEntry asked) {}

  /** Answers a request whose job has all its inputs. */
  public interface Taken {
    /** Its inference, which needs the request no longer, before the job is. */
    void runs(InferenceJob runs);

    /** The job is on disk, or was made by the same request before. */
    void job(Job job);
  }

  private static final long NO_TIMER = -1;

  private final InferenceServices services;
  private final Context context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String tenant;
  private final ServedModel model;
  private final long contentLength;
  private final Consumer<ProblemException> refuse;
  private final @Nullable Later later;
  private final Taken taken;
  private final EnvelopeSender sender;
  private final InferBody body;
  private long deadlineTimer = NO_TIMER;
  private boolean over;
  private @Nullable InferenceJob job;
  private @Nullable Job before;
  private volatile @Nullable Session session;
  private volatile @Nullable ActiveInference active;

  /**
   * @param headerBytes bytes of the JSON in front, bounded by the caller
   * @param contentLength bytes of the whole body
   * @param refuse answers the request with a problem; called at most once
   * @param later null for a request that waits for its answer
   * @param taken answers one that does not
   */
  public InferenceRequest(
      InferenceServices services,
      Context context,
      HttpServerRequest request,
      String tenant,
      ServedModel model,
      int headerBytes,
      long contentLength,
      Consumer<ProblemException> refuse,
      @Nullable Later later,
      Taken taken) {
    this.services = services;
    this.context = context;
    this.request = request;
    this.response = request.response();
    this.tenant = tenant;
    this.model = model;
    this.contentLength = contentLength;
    this.refuse = refuse;
    this.later = later;
    this.taken = taken;
    this.sender = EnvelopeSender.over(response, context, services.limits().frameBytesMax());
    this.body = new InferBody(headerBytes, this);
  }

  /** Starts to read. */
  public void open() {
    deadline(
        services.limits().requestDeadlineSeconds(),
        "a JSON header that was",
        "requestDeadlineSeconds");
    request.exceptionHandler(e -> gone());
    request.endHandler(v -> bodyEnded());
    request.handler(this::data);
    request.resume();
  }

  /** Until {@link #deadlineMet}, what is to come has this time. */
  private void deadline(int seconds, String what, String limit) {
    deadlineTimer =
        services
            .vertx()
            .setTimer(
                1000L * seconds,
                id ->
                    refuse(
                        ProblemException.of(
                                ProblemType.DEADLINE_EXCEEDED,
                                what + " not there after " + seconds + " s",
                                "all of it within " + seconds + " s (" + limit + ")",
                                "send the request again")
                            .with("limit", limit)));
  }

  /** The response is at its end, or the client has left. */
  public void gone() {
    if (over) {
      return;
    }
    over = true;
    deadlineMet();
    sender.abort();
    ActiveInference running = active;
    active = null;
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public @Nullable Session session() {
    return session;
  }

  @Override
  public boolean isBusy() {
    return active != null;
  }

  @Override
  public void end(ProblemException why) {
    context.runOnContext(v -> refuse(why));
  }

  private void data(Buffer buffer) {
    if (over) {
      return;
    }
    try {
      body.data(((BufferInternal) buffer).getByteBuf());
    } catch (ProblemException e) {
      refuse(e);
    }
  }

  private void bodyEnded() {
    deadlineMet();
    if (!over && !body.isComplete()) {
      refuse(
          ProblemException.of(
              ProblemType.REQUEST_INVALID,
              "a body that ended before all that its header announces",
              contentLength + " bytes",
              "send the whole body"));
    } else if (!over && before != null) {
      over = true;
      taken.job(before);
    } else if (!over && job != null) {
      handOver(job);
    }
  }

  /** From here on the job does not need this request. */
  private void handOver(InferenceJob runs) {
    over = true;
    active = null;
    runs.letGo();
    taken.runs(runs);
    context
        .executeBlocking(
            () -> {
              services.jobs().accept(runs.job());
              return runs.job();
            },
            false)
        .onSuccess(taken::job)
        .onFailure(
            e -> {
              ProblemException why =
                  Failures.toProblem(StorageProblems.of(e), runs.job().info().id());
              runs.end(why);
              refuse.accept(why);
            });
  }

  /** The job of this request, or null if it was made before. */
  private @Nullable InferenceJob newJob(
      Later wanted, Session own, InferenceStart start, byte[] json) {
    SessionInfo.Idempotency idempotency =
        wanted.idempotencyKey() == null
            ? null
            : new SessionInfo.Idempotency(wanted.idempotencyKey(), SessionStore.sha256(json));
    before = services.jobs().madeBefore(tenant, idempotency);
    if (before != null) {
      return null;
    }
    JobInfo info =
        new JobInfo(
            NodeTag.id(wanted.tag()),
            tenant,
            own.id(),
            model.name(),
            start.message().inference(),
            Instant.now().getEpochSecond(),
            0,
            InferAnswer.envelopesBytes(start.plan()) + services.limits().requestBytesMax(),
            0,
            null,
            idempotency);
    return new InferenceJob(
        services, context, services.jobs().begin(info), model, own, this, wanted.asked());
  }

  @Override
  public List<Integer> header(byte[] json) {
    deadlineMet();
    InferHeader header = InferHeader.of(json);
    Session own = services.registry().require(tenant, header.session());
    if (!own.info().model().equals(model.name())) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "session " + own.id() + " of model '" + own.info().model() + "'",
          "a session of model '" + model.name() + "'",
          "ask the session's own model");
    }
    InferenceStart start = InferenceStart.of(services, own, header.start(), false, header.tracks());
    header.check(start.plan());
    long whole = json.length + header.bodyBytes();
    if (whole != contentLength) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a body of " + contentLength + " bytes (Content-Length)",
          whole + " bytes: " + json.length + " of JSON and " + header.bodyBytes() + " of tensors",
          "make Content-Length, Inference-Header-Content-Length and binary_data_size agree");
    }
    session = own;
    if (later != null) {
      job = newJob(later, own, start, json);
      if (job == null) {
        deadline(
            services.limits().roundDeadlineSeconds(), "inputs that were", "roundDeadlineSeconds");
        return List.of(); // the rest of the body was here before
      }
    }
    admit(start);
    return header.inputs().stream().map(InferHeader.Tensor::bytes).toList();
  }

  private void admit(InferenceStart start) {
    InferenceJob runs = job;
    InferenceTrace trace = new InferenceTrace(services.spans(), Spans.context(null));
    ActiveInference running;
    try {
      running =
          trace.admitting(
              () ->
                  runs == null
                      ? start.admit(services, context, sender, this, trace)
                      : start.admit(services, context, runs.sender(), runs, trace));
    } catch (RuntimeException e) {
      if (runs != null) {
        services.jobs().drop(runs.job());
      }
      throw e;
    }
    if (runs != null) {
      runs.runs(running);
    }
    active = running; // before it begins, which may end it
    running.begin();
  }

  @Override
  public void piece(ByteBuf bytes, boolean last) {
    ActiveInference running = active;
    if (running != null) {
      running.frame(bytes, last);
    }
  }

  private void deadlineMet() {
    if (deadlineTimer != NO_TIMER) {
      services.vertx().cancelTimer(deadlineTimer);
      deadlineTimer = NO_TIMER;
    }
  }

  /** The only message is the answer itself. */
  @Override
  public void accepted(byte[] inference, AgreedPlan plan) {}

  @Override
  public void round(Round round, InferenceTimes times, long queuedNanos, long nanos) {
    throw new IllegalStateException("a plan of one request has no rounds");
  }

  @Override
  public void result(byte[] inference, AgreedPlan plan, InferenceTimes times) {
    Buffer header = InferAnswer.header(model, inference, plan, times);
    long bytes = InferAnswer.envelopesBytes(plan);
    response
        .putHeader("Content-Type", "application/octet-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader(InferTensors.HEADER_LENGTH, String.valueOf(header.length()))
        .putHeader("Content-Length", String.valueOf(header.length() + bytes))
        .write(header);
  }

  @Override
  public void pause() {
    if (!request.isEnded()) {
      request.pause();
    }
  }

  /** Over HTTP/2 a request whose end was read cannot be resumed. */
  @Override
  public void resume() {
    if (!request.isEnded()) {
      request.resume();
    }
  }

  /** The request has an entry of its own in the audit log. */
  @Override
  public void over(byte[] inference, String outcome) {}

  @Override
  public void ended(@Nullable ProblemException problem) {
    active = null;
    if (problem != null) {
      refuse(problem);
    } else if (!over) {
      over = true;
      response.end();
    }
  }

  private void refuse(ProblemException problem) {
    if (over) {
      return;
    }
    over = true;
    deadlineMet();
    sender.abort();
    ActiveInference running = active;
    active = null;
    if (running != null) {
      running.cancel();
    }
    refuse.accept(problem);
  }
}
