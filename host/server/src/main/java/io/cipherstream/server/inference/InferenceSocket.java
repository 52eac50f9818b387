package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.tenant.AuditEntry;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.Round;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of a session: reads frames, starts inferences one after another, reports problems
 * and closes. Confined to the socket's context.
 */
public final class InferenceSocket implements ActiveInference.Listener, InferenceHolder {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceSocket.class);
  private static final int HEADER_BYTES = 192;
  private static final long FORCED_CLOSE_MILLIS = 2000;
  private static final short NORMAL = 1000;

  private final InferenceServices services;
  private final Context context;
  private final ServerWebSocket socket;
  private final Runnable forceClose;
  private final Session session;
  private final AuditEntry opened;
  private final EnvelopeSender envelopes;
  private Buffer text = Buffer.buffer();
  private final Buffer stray = Buffer.buffer();
  private final long pings;
  private boolean inText;
  private boolean inMessage;
  private boolean ended;
  private boolean paused;
  private long heardAt = System.nanoTime();
  private volatile @Nullable ActiveInference active;

  /**
   * @param forceClose closes the TCP connection of a client that does not read
   * @param opened the connection's entry in the audit log
   */
  public InferenceSocket(
      InferenceServices services,
      Context context,
      ServerWebSocket socket,
      Runnable forceClose,
      Session session,
      AuditEntry opened) {
    this.services = services;
    this.context = context;
    this.socket = socket;
    this.forceClose = forceClose;
    this.session = session;
    this.opened = opened;
    this.envelopes = EnvelopeSender.over(socket, context, services.limits().frameBytesMax());
    this.pings =
        services.vertx().setPeriodic(1000L * services.limits().pingSeconds(), id -> pingOrClose());
  }

  /**
   * Starts to listen.
   *
   * @param whenClosed called once when the connection is closed
   */
  public void open(Runnable whenClosed) {
    socket.closeHandler(
        v -> {
          closed();
          whenClosed.run();
        });
    socket.exceptionHandler(e -> LOG.debug("socket of session {}: {}", session.id(), e.toString()));
    socket.frameHandler(this::frame);
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public void end(ProblemException why) {
    context.runOnContext(v -> refuse(why));
  }

  @Override
  public boolean isBusy() {
    return active != null;
  }

  @Override
  public void accepted(byte[] inference, AgreedPlan plan) {
    text(
        new JsonObject()
            .put("type", "accepted")
            .put("inference", HexFormat.of().formatHex(inference))
            .put("rounds", plan.rounds().size())
            .put("inputs", plan.inputs().size()));
  }

  @Override
  public void round(Round round, InferenceTimes times, long queuedNanos, long nanos) {
    text(times.round(round, queuedNanos, nanos));
  }

  @Override
  public void result(byte[] inference, AgreedPlan plan, InferenceTimes times) {
    text(times.result(plan.result().size()));
  }

  private void text(JsonObject message) {
    socket.writeTextMessage(message.encode());
  }

  @Override
  public void pause() {
    paused = true;
    socket.pause();
  }

  @Override
  public void resume() {
    paused = false;
    heardAt = System.nanoTime();
    socket.resume();
  }

  @Override
  public void over(byte[] inference, String outcome) {
    services.audit().add(opened.inference(HexFormat.of().formatHex(inference), outcome));
  }

  @Override
  public void ended(@Nullable ProblemException problem) {
    active = null;
    if (problem != null) {
      refuse(problem);
    }
  }

  /** A peer that does not answer pings has disconnected, even if nothing reported it. */
  private void pingOrClose() {
    int seconds = services.limits().idleConnectionSeconds();
    if (!paused && System.nanoTime() - heardAt > TimeUnit.SECONDS.toNanos(seconds)) {
      refuse(
          ProblemException.of(
                  ProblemType.DEADLINE_EXCEEDED,
                  "no frame for " + seconds + " s, not even the answer to a ping",
                  "one within " + seconds + " s (idleConnectionSeconds)",
                  "answer pings, or connect again")
              .with("limit", "idleConnectionSeconds"));
      return;
    }
    socket.writePing(ping());
  }

  private void frame(WebSocketFrame frame) {
    heardAt = System.nanoTime();
    if (ended || frame.isClose() || frame.isPing()) {
      return;
    }
    try {
      if (frame.isText() || (frame.isContinuation() && inText)) {
        textFrame(frame);
      } else if (frame.isBinary() || frame.isContinuation()) {
        binaryFrame(frame);
      }
    } catch (ProblemException e) {
      refuse(e);
    }
  }

  private void textFrame(WebSocketFrame frame) {
    inText = !frame.isFinal();
    text.appendBuffer(frame.binaryData());
    int most = services.limits().textMessageBytesMax();
    if (text.length() > most) {
      throw ProblemException.of(
              ProblemType.TOO_LARGE,
              "a text message of more than " + most + " bytes",
              "at most " + most + " bytes (textMessageBytesMax)",
              "send a start or cancel message")
          .with("limit", "textMessageBytesMax");
    }
    if (frame.isFinal()) {
      String whole = text.toString();
      text = Buffer.buffer();
      message(whole);
    }
  }

  private void binaryFrame(WebSocketFrame frame) {
    ByteBuf bytes = ((BufferInternal) frame.binaryData()).getByteBuf();
    ActiveInference running = active;
    if (running != null && stray.length() == 0 && (inMessage || running.isDue())) {
      inMessage = !frame.isFinal();
      running.frame(bytes, frame.isFinal());
      return;
    }
    stray.appendBuffer(frame.binaryData());
    if (stray.length() < HEADER_BYTES && !frame.isFinal()) {
      return;
    }
    if (running == null) {
      throw ProblemException.of(
          ProblemType.ROUND_OUT_OF_ORDER,
          "a ciphertext while no inference is running",
          "a start message",
          "send a start message first");
    }
    running.notDue(Unpooled.wrappedBuffer(stray.getBytes()));
  }

  private void message(String whole) {
    JsonObject json;
    try {
      json = new JsonObject(whole);
    } catch (DecodeException e) {
      throw invalid("a text message that is not a JSON object");
    }
    switch (String.valueOf(json.getValue("type"))) {
      case "start" -> start(StartMessage.of(json));
      case "cancel" -> {
        ActiveInference running = active;
        active = null;
        if (running != null) {
          running.cancel();
        }
        envelopes.abort();
        socket.close(NORMAL);
      }
      default -> throw invalid("a message of type '" + json.getValue("type") + "'");
    }
  }

  private void start(StartMessage message) {
    if (active != null) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "a start message during an inference",
          "one inference at a time on a connection",
          "wait for the result or open another connection");
    }
    InferenceTrace trace =
        new InferenceTrace(services.spans(), Spans.context(message.traceparent()));
    ActiveInference running =
        trace.admitting(
            () ->
                InferenceStart.of(services, session, message, true, List.of())
                    .admit(services, context, envelopes, this, trace));
    active = running;
    running.begin();
  }

  private void refuse(ProblemException problem) {
    if (ended) {
      return;
    }
    ended = true;
    ActiveInference running = active;
    active = null;
    if (running != null) {
      running.cancel();
    }
    services.metrics().problem(problem.type().slug());
    if (socket.isClosed()) {
      return;
    }
    services
        .refusals()
        .refused(
            session.tenant(),
            String.valueOf(socket.remoteAddress()),
            "session " + session.id(),
            problem);
    socket.resume();
    envelopes.afterEnvelope(
        () -> {
          text(new JsonObject().put("type", "error").put("problem", problem.toJson(session.id())));
          socket.close(problem.type().closeCode(), problem.type().slug());
        });
    services.vertx().setTimer(FORCED_CLOSE_MILLIS, id -> forceClose.run());
  }

  private void closed() {
    ended = true;
    services.vertx().cancelTimer(pings);
    envelopes.abort();
    socket.resume(); // frames held back by a pause are freed only when they are read
    ActiveInference running = active;
    active = null;
    if (running != null) {
      running.cancel();
    }
  }

  private static ProblemException invalid(String received) {
    return ProblemException.of(
        ProblemType.REQUEST_INVALID,
        received,
        "a JSON object of type start or cancel",
        "send messages as documented");
  }

  private static Buffer ping() {
    return Buffer.buffer(new byte[] {'c', 's'});
  }
}
