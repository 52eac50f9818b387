package io.cipherstream.server.inference;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.KeyCache;
import io.cipherstream.server.session.Session;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.ServerRun;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What computes the steps of an inference: room for its session's keys, the keys, and the run of
 * its model. For one thread at a time: that of a step while there is one, else the context's.
 */
final class InferenceComputation {

  private final InferenceServices services;
  private final InferenceStart start;
  private final Session session;
  private final ServedModel model;
  private final ModelCatalog.Use use;
  private final InferenceTrace trace;
  private KeyCache.@Nullable Reservation room;
  private volatile @Nullable EvaluationKeys keys;
  private @Nullable ServerRun run;

  /**
   * A step that is over.
   *
   * @param queuedNanos how long it waited for its turn
   * @param replies owned by the receiver; none of a step that failed
   * @param failure why there are none; null if the step was computed
   * @param by what computed it; null if nothing did
   */
  record Step(
      long queuedNanos,
      long nanos,
      List<HostCiphertext> replies,
      @Nullable Throwable failure,
      @Nullable ServerRun by) {}

  /**
   * @param use of its model, given up with the rest
   */
  InferenceComputation(
      InferenceServices services,
      InferenceStart start,
      ModelCatalog.Use use,
      InferenceTrace trace) {
    this.services = services;
    this.start = start;
    this.use = use;
    this.trace = trace;
    this.session = start.session();
    this.model = start.model();
  }

  /**
   * Asks for room for the keys.
   *
   * @param granted run when there is room, by whoever made it
   * @throws ProblemException if the keys are larger than all room, as those of a session from
   *     before a restart with a smaller budget
   */
  void awaitRoom(Runnable granted) {
    room =
        services
            .keyCache()
            .reserve(session.tenant(), session.id(), start.required().loadedBytes(), granted);
  }

  /** The keys of a step that was computed. */
  EvaluationKeys keys() {
    EvaluationKeys held = keys;
    if (held == null) {
      throw new IllegalStateException("a computed round has keys");
    }
    return held;
  }

  /**
   * Computes a step. Blocks.
   *
   * @param received closed by this
   * @param last whether no step follows; its memory is then not held while results leave
   */
  Step compute(List<HostCiphertext> received, long queuedNanos, boolean last) {
    long started = System.nanoTime();
    List<HostCiphertext> replies = List.of();
    Throwable failure = null;
    boolean passed = false;
    ServerRun by = null;
    try {
      ServerRun running = run();
      passed = true;
      replies = trace.within("engine", () -> step(running, received));
      by = running;
      if (last) {
        run = null;
        running.close();
      }
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      failure = e;
      if (!passed) {
        received.forEach(HostCiphertext::close);
      }
    }
    long nanos = System.nanoTime() - started;
    services
        .metrics()
        .computed(by == null ? model.engine() : by.engine(), "step", Duration.ofNanos(nanos));
    services.usage().computed(session.tenant(), Duration.ofNanos(nanos));
    return new Step(queuedNanos, nanos, replies, failure, by);
  }

  private static List<HostCiphertext> step(ServerRun running, List<HostCiphertext> received) {
    List<HostCiphertext> replies = running.step(received);
    Span.current().setAttribute(Spans.ENGINE, running.engine());
    return replies;
  }

  /** The run, started with the session's keys at its first step. */
  private ServerRun run() throws Exception {
    ServerRun running = run;
    if (running != null) {
      return running;
    }
    long started = System.nanoTime();
    KeyCache.Reservation held = room;
    if (held == null) {
      throw new IllegalStateException("a step without room for its keys");
    }
    EvaluationKeys loaded =
        trace.within(
            "keys",
            () ->
                held.keys(
                    () ->
                        services
                            .keyFiles()
                            .load(session, start.required(), model.backend(session.parameters()))));
    keys = loaded;
    services
        .metrics()
        .computed(model.engine(), "keys", Duration.ofNanos(System.nanoTime() - started));
    running = model.start(start.plan(), loaded, start.tracks());
    run = running;
    return running;
  }

  /** Gives up what it holds. Closing that blocks. */
  AutoCloseable release() {
    ServerRun running = run;
    run = null;
    KeyCache.Reservation held = room;
    room = null;
    keys = null;
    return () -> {
      try (use;
          held;
          running) {
        return;
      }
    };
  }
}
