package io.cipherstream.server.inference;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.OwnedBuffer;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One inference: receives a round, has it computed, sends the answer, and so on.
 *
 * <p>All methods run on the client's context, except {@link #compute}, which runs on a scheduler
 * thread. While a step is being computed, {@code computation} belongs to that thread; it is freed
 * on the context when it is back.
 *
 * <p>Whatever goes on with an inference when something else is done must not throw into nowhere,
 * since nothing would ever end the inference then: hence {@link Future#map} and {@link
 * Future#compose} where {@link Future#onSuccess} would do, and {@link #onContext}.
 */
final class ActiveInference {

  /** Messages being decoded above which the client is paused. */
  private static final int BACKLOG_MAX = 4;

  /** Receives the events of the inference: the socket or request that carries it. */
  interface Listener {
    /** It may start; its inputs are awaited. */
    void accepted(byte[] inference, AgreedPlan plan);

    /** A step was computed; the round's ciphertexts follow. */
    void round(Round round, InferenceTimes times, long queuedNanos, long nanos);

    /** The last step was computed; the answer's ciphertexts follow. */
    void result(byte[] inference, AgreedPlan plan, InferenceTimes times);

    void pause();

    void resume();

    /** It is over: {@code ok}, {@code cancelled} or a problem's slug. */
    void over(byte[] inference, String outcome);

    /** It has ended, with a result or with a problem to send. */
    void ended(@Nullable ProblemException problem);
  }

  private final InferenceServices services;
  private final Context context;
  private final EnvelopeSender envelopes;
  private final Listener listener;
  private final Session session;
  private final ServedModel model;
  private final AgreedPlan plan;
  private final InferenceStart.Rights rights;
  private final byte[] inference;
  private final Deadlines deadlines;
  private final InferenceAccount account;
  private final InferenceClock clock;
  private final InferenceComputation computation;
  private final InferenceTrace trace;
  private RoundInbox inbox;
  private @Nullable ReplySender sender;
  private boolean recorded;
  private boolean computing;
  private boolean closed;
  private volatile boolean cancelled;
  private boolean keyRoomAsked;
  private boolean hasKeyRoom;

  ActiveInference(
      InferenceServices services,
      Context context,
      EnvelopeSender envelopes,
      Listener listener,
      InferenceStart start,
      InferenceStart.Rights rights,
      ModelCatalog.Use use,
      InferenceTrace trace) {
    this.services = services;
    this.context = context;
    this.envelopes = envelopes;
    this.listener = listener;
    this.session = start.session();
    this.model = start.model();
    this.plan = start.plan();
    this.rights = rights;
    this.inference = HexFormat.of().parseHex(start.message().inference());
    this.deadlines = new Deadlines(services.vertx(), services.limits(), this::fail);
    this.inbox = newInbox(-1, plan.inputs());
    this.account = new InferenceAccount(services, start);
    this.clock = account.clock();
    this.computation = new InferenceComputation(services, start, use, trace);
    this.trace = trace;
    trace.of(start);
  }

  /** Reports that the inference may start, and waits for its inputs. */
  void begin() {
    trace.part("receive", -1);
    listener.accepted(inference, plan);
    deadlines.startInference(plan.rounds().isEmpty());
    deadlines.awaitRound(-1);
    // Nothing is computed before what it uses up is on disk; its inputs come in meanwhile.
    Future.fromCompletionStage(rights.recorded(), context)
        .compose(
            done -> {
              recorded = true;
              submitWhenComplete();
              return Future.succeededFuture();
            })
        .onFailure(this::fail);
  }

  /** Whether a frame that begins a message belongs to a ciphertext that is due. */
  boolean isDue() {
    return !computing && inbox.isDue();
  }

  /** A frame of the message that is due. */
  void frame(ByteBuf bytes, boolean last) {
    clock.begin(InferenceClock.Part.RECEIVE);
    OwnedBuffer whole;
    try {
      whole = inbox.append(bytes, last);
    } catch (ProblemException e) {
      fail(e);
      return;
    }
    if (whole != null) {
      decode(inbox, whole, inbox.lastIndex());
    }
  }

  /** The start of an envelope that is not due. */
  void notDue(ByteBuf start) {
    fail(inbox.notDue(start));
  }

  /** The client has disconnected or does not want the answer. */
  void cancel() {
    end("cancelled", null, false);
  }

  void fail(Throwable failure) {
    if (failure instanceof ClientGoneException) {
      end("cancelled", null, true);
      return;
    }
    ProblemException problem =
        Failures.toProblem(whyItFailed(failure), HexFormat.of().formatHex(inference));
    end(problem.type().slug(), problem, true);
  }

  /** If the session is gone, that is the reason, and not the failure it led to. */
  private Throwable whyItFailed(Throwable failure) {
    if (!(failure instanceof ProblemException)) {
      try {
        services.registry().require(session.tenant(), session.id());
      } catch (ProblemException removed) {
        return removed;
      }
    }
    return failure;
  }

  private void decode(RoundInbox into, OwnedBuffer whole, int index) {
    account.received(whole.length());
    if (into.backlog() > BACKLOG_MAX) {
      listener.pause();
    }
    services
        .pools()
        .messages()
        .run(session.tenant(), () -> decoded(into, whole, index))
        .onComplete(decoded -> whole.close()) // where it was never begun
        .map(
            ciphertext -> {
              into.put(index, ciphertext);
              if (!closed) {
                listener.resume();
                submitWhenComplete();
              }
              return ciphertext;
            })
        .onFailure(this::fail);
  }

  private void submitWhenComplete() {
    if (closed || !recorded || computing || sender != null || !inbox.isComplete()) {
      return;
    }
    deadlines.roundDone();
    trace.part("queue", inbox.round());
    if (!hasKeyRoom) {
      awaitKeyRoom();
      return;
    }
    computing = true;
    clock.begin(InferenceClock.Part.STEP);
    List<HostCiphertext> received = inbox.take();
    long queuedAt = System.nanoTime();
    services
        .scheduler()
        .submit(session.tenant(), () -> compute(received, System.nanoTime() - queuedAt));
  }

  /** The inputs have arrived: waits, without a thread, for room for the session's keys. */
  private void awaitKeyRoom() {
    if (keyRoomAsked) {
      return;
    }
    keyRoomAsked = true;
    deadlines.awaitKeys();
    try {
      computation.awaitRoom(() -> onContext(this::keyRoomGranted));
    } catch (ProblemException e) {
      fail(e);
    }
  }

  private void keyRoomGranted() {
    if (!closed) {
      hasKeyRoom = true;
      deadlines.keysDone();
      submitWhenComplete();
    }
  }

  private void compute(List<HostCiphertext> received, long queuedNanos) {
    services.metrics().queued(Duration.ofNanos(queuedNanos));
    InferenceComputation.Step step;
    if (cancelled) {
      received.forEach(HostCiphertext::close);
      step = new InferenceComputation.Step(queuedNanos, 0, List.of(), null, null);
    } else {
      trace.part("step", inbox.round());
      step = computation.compute(received, queuedNanos, isLast(inbox.round() + 1));
    }
    onContext(() -> computed(step));
  }

  private void computed(InferenceComputation.Step step) {
    computing = false;
    Throwable failure = step.failure();
    if (closed || failure != null) {
      step.replies().forEach(HostCiphertext::close);
      if (failure != null) {
        fail(failure);
      }
      free();
      return;
    }
    clock.begin(InferenceClock.Part.SEND);
    trace.part("send", inbox.round() + 1);
    account.times().computed(step.queuedNanos(), step.nanos(), step.by());
    int round = inbox.round() + 1;
    ReplySender replying;
    try {
      replying = prepared(round, step);
    } catch (RuntimeException e) {
      step.replies().forEach(HostCiphertext::close);
      fail(e);
      return;
    }
    sender = replying;
    replying
        .sendAll()
        .onComplete(
            sent -> {
              sender = null;
              clock.begin(InferenceClock.Part.WAIT, InferenceClock.Part.SEND);
              deadlines.readDone();
            })
        .compose(
            sent -> {
              replied(round);
              return Future.succeededFuture();
            })
        .onFailure(
            problem -> {
              fail(problem);
              free();
            });
  }

  /** Announces a round's replies, or the answer, and makes what sends them. */
  private ReplySender prepared(int round, InferenceComputation.Step step) {
    inbox.close();
    Round shape = isLast(round) ? null : plan.rounds().get(round);
    inbox = newInbox(round, shape == null ? List.of() : shape.up());
    if (shape == null) {
      rights.used();
      listener.result(inference, plan, account.times());
    } else {
      listener.round(shape, account.times(), step.queuedNanos(), step.nanos());
    }
    ReplyEncoder encoder =
        new ReplyEncoder(
            session,
            model.backend(session.parameters()),
            plan.rounds().isEmpty() && model.secret(),
            model.answers().eachToken(),
            services.alloc(),
            services.metrics());
    return new ReplySender(
        services.pools().messages(),
        session.tenant(),
        encoder,
        envelopes,
        computation.keys(),
        inference,
        round,
        step.replies(),
        shape == null ? plan.result() : shape.down(),
        (bytes, remaining) -> {
          if (isLast(round) && remaining == 0) {
            // Before its client can start another one. What is left is on its way.
            rights.permit().close();
          }
          account.sent(bytes);
          deadlines.awaitRead(round);
        });
  }

  /** Whether what is sent as that round is the answer. */
  private boolean isLast(int round) {
    return round == plan.rounds().size();
  }

  /** All of a round's replies, or of the answer, were sent. */
  private void replied(int round) {
    if (closed) {
      free();
    } else if (isLast(round)) {
      end("ok", null, true);
    } else {
      trace.part("receive", round);
      deadlines.awaitRound(round);
      submitWhenComplete();
    }
  }

  /** Runs it on the context; an exception there ends the inference. */
  private void onContext(Runnable work) {
    context.runOnContext(
        v -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            fail(e);
          }
        });
  }

  private HostCiphertext decoded(RoundInbox into, OwnedBuffer whole, int index) {
    long started = System.nanoTime();
    HostCiphertext ciphertext = into.decode(whole, index);
    services.metrics().message("decode", Duration.ofNanos(System.nanoTime() - started));
    return ciphertext;
  }

  private RoundInbox newInbox(int round, List<CiphertextSpec> shapes) {
    return new RoundInbox(
        session, model.backend(session.parameters()), services.alloc(), inference, round, shapes);
  }

  private void end(String outcome, @Nullable ProblemException problem, boolean tell) {
    if (closed) {
      return;
    }
    closed = true;
    cancelled = true;
    rights.claim().close();
    deadlines.close();
    inbox.close();
    account.ended(outcome);
    trace.ended(outcome);
    listener.over(inference, outcome);
    if (!computing) {
      rights.close(); // before the client is told, which may try again at once
    }
    if (sender != null) {
      sender.stop();
    }
    free();
    if (tell) {
      listener.ended(problem);
    }
  }

  private void free() {
    if (computing || sender != null) {
      return;
    }
    AutoCloseable held = computation.release();
    context.executeBlocking(
        () -> {
          try (rights;
              held) {
            return null;
          }
        },
        false);
  }
}
