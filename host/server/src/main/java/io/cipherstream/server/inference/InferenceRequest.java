package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
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

  private static final long NO_TIMER = -1;

  private final InferenceServices services;
  private final Context context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String tenant;
  private final ServedModel model;
  private final long contentLength;
  private final Consumer<ProblemException> refuse;
  private final EnvelopeSender sender;
  private final InferBody body;
  private long headerTimer = NO_TIMER;
  private boolean over;
  private volatile @Nullable Session session;
  private volatile @Nullable ActiveInference active;

  /**
   * @param headerBytes bytes of the JSON in front, bounded by the caller
   * @param contentLength bytes of the whole body
   * @param refuse answers the request with a problem; called at most once
   */
  public InferenceRequest(
      InferenceServices services,
      Context context,
      HttpServerRequest request,
      String tenant,
      ServedModel model,
      int headerBytes,
      long contentLength,
      Consumer<ProblemException> refuse) {
    this.services = services;
    this.context = context;
    this.request = request;
    this.response = request.response();
    this.tenant = tenant;
    this.model = model;
    this.contentLength = contentLength;
    this.refuse = refuse;
    this.sender = EnvelopeSender.over(response, context, services.limits().frameBytesMax());
    this.body = new InferBody(headerBytes, this);
  }

  /** Starts to read. */
  public void open() {
    int seconds = services.limits().requestDeadlineSeconds();
    headerTimer =
        services
            .vertx()
            .setTimer(
                1000L * seconds,
                id ->
                    refuse(
                        ProblemException.of(
                                ProblemType.DEADLINE_EXCEEDED,
                                "a JSON header that was not there after " + seconds + " s",
                                "all of it within " + seconds + " s (requestDeadlineSeconds)",
                                "send the request again")
                            .with("limit", "requestDeadlineSeconds")));
    request.exceptionHandler(e -> gone());
    request.endHandler(v -> bodyEnded());
    request.handler(this::data);
    request.resume();
  }

  /** The response is at its end, or the client has left. */
  public void gone() {
    if (over) {
      return;
    }
    over = true;
    headerDone();
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
    if (!over && !body.isComplete()) {
      refuse(
          ProblemException.of(
              ProblemType.REQUEST_INVALID,
              "a body that ended before all that its header announces",
              contentLength + " bytes",
              "send the whole body"));
    }
  }

  @Override
  public List<Integer> header(byte[] json) {
    headerDone();
    InferenceTrace trace = new InferenceTrace(services.spans(), Spans.context(null));
    List<Integer> lengths = new ArrayList<>();
    ActiveInference running = trace.admitting(() -> admitted(json, lengths, trace));
    active = running;
    running.begin();
    return lengths;
  }

  /**
   * @param lengths gets those of the envelopes that follow
   */
  private ActiveInference admitted(byte[] json, List<Integer> lengths, InferenceTrace trace) {
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
    header.inputs().forEach(input -> lengths.add(input.bytes()));
    return start.admit(services, context, sender, this, trace);
  }

  @Override
  public void piece(ByteBuf bytes, boolean last) {
    ActiveInference running = active;
    if (running != null) {
      running.frame(bytes, last);
    }
  }

  private void headerDone() {
    if (headerTimer != NO_TIMER) {
      services.vertx().cancelTimer(headerTimer);
      headerTimer = NO_TIMER;
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
    JsonArray outputs = new JsonArray();
    long bytes = 0;
    for (int i = 0; i < plan.result().size(); i++) {
      CiphertextSpec spec = plan.result().get(i);
      long length =
          EnvelopeSizes.ciphertext(plan.parameters(), spec.limbs(), WordPacking.BIT_PACKED);
      outputs.add(
          new JsonObject()
              .put("name", InferTensors.outputs(plan.result().size()).get(i))
              .put("datatype", InferTensors.DATATYPE)
              .put("shape", new JsonArray().add(length))
              .put("parameters", new JsonObject().put("binary_data_size", length)));
      bytes += length;
    }
    Buffer header =
        new JsonObject()
            .put("model_name", model.name())
            .put("model_version", model.version())
            .put("id", java.util.HexFormat.of().formatHex(inference))
            .put("parameters", times.parameters())
            .put("outputs", outputs)
            .toBuffer();
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
    headerDone();
    sender.abort();
    ActiveInference running = active;
    active = null;
    if (running != null) {
      running.cancel();
    }
    refuse.accept(problem);
  }
}
