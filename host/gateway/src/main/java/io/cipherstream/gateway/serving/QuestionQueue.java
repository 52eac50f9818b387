package io.cipherstream.gateway.serving;

import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import io.cipherstream.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Questions that wait for a lane, first come first served. Each stays for at least the window, in
 * which, as while it waits for a lane, the same question of another request joins it: both get one
 * answer. Bounded; thread-safe.
 */
final class QuestionQueue {

  private static final int RETRY_SECONDS = 1;

  private record Key(Question question, Truncation truncation) {}

  /**
   * A request that waits for an answer.
   *
   * @param request the span that it belongs to
   * @param waiting the span of its time in the queue
   */
  private record Asker(CompletableFuture<ModelAnswer> answer, Context request, Span waiting) {}

  /** A question and the requests that wait for its answer. */
  static final class Waiting {
    private final Key key;
    private final long since = System.nanoTime();
    private final List<Asker> askers = new ArrayList<>();

    private Waiting(Key key) {
      this.key = key;
    }

    Question question() {
      return key.question;
    }

    Truncation truncation() {
      return key.truncation;
    }

    /** Once taken, a question gets no more askers. */
    void answer(ModelAnswer answer) {
      askers.forEach(asker -> asker.answer.complete(answer));
    }

    void fail(Throwable cause) {
      askers.forEach(asker -> asker.answer.completeExceptionally(cause));
    }

    /** The span of the request that came first. */
    Context first() {
      return askers.get(0).request;
    }

    /** Names all requests that get the answer in a span. */
    void link(SpanBuilder span) {
      askers.forEach(asker -> span.addLink(Span.fromContext(asker.request).getSpanContext()));
    }

    private Waiting over() {
      askers.forEach(asker -> asker.waiting.end());
      return this;
    }

    private boolean wanted() {
      return askers.stream().anyMatch(asker -> !asker.answer.isDone());
    }
  }

  private final int most;
  private final long windowNanos;
  private final Runnable merged;
  private final Spans spans;
  private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable GatewayProblem closed;

  /**
   * @param most questions that may wait at one time
   * @param merged called for every question that joins another one
   * @param spans makes those of questions that wait, in the span of who adds them
   */
  QuestionQueue(int most, Duration window, Runnable merged, Spans spans) {
    this.most = most;
    this.windowNanos = window.toNanos();
    this.merged = merged;
    this.spans = spans;
  }

  /**
   * Adds a question.
   *
   * @throws GatewayProblem of kind OVERLOADED if too many wait, or what {@link #close} was given
   */
  CompletableFuture<ModelAnswer> add(Question question, Truncation truncation) {
    CompletableFuture<ModelAnswer> answer = new CompletableFuture<>();
    Key key = new Key(question, truncation);
    lock.lock();
    try {
      if (closed != null) {
        throw closed;
      }
      Waiting same = waiting.get(key);
      if (same != null) {
        same.askers.add(asker(answer));
        merged.run();
        return answer;
      }
      if (waiting.size() >= most) {
        dropUnwanted();
      }
      if (waiting.size() >= most) {
        throw GatewayProblem.of(
                GatewayProblemKind.OVERLOADED,
                waiting.size() + " questions wait already, the most there may be; try again later")
            .retryAfter(RETRY_SECONDS);
      }
      Waiting fresh = new Waiting(key);
      fresh.askers.add(asker(answer));
      waiting.put(key, fresh);
      changed.signal();
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /** The next question that is still wanted; waits for one. Null once the queue is closed. */
  @Nullable Waiting take() throws InterruptedException {
    lock.lock();
    try {
      while (closed == null) {
        dropUnwanted();
        Iterator<Waiting> first = waiting.values().iterator();
        if (!first.hasNext()) {
          changed.await();
          continue;
        }
        Waiting next = first.next();
        long left = windowNanos - (System.nanoTime() - next.since);
        if (left <= 0) {
          first.remove();
          return next.over();
        }
        long unused = changed.awaitNanos(left);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Further questions that are still wanted, those that wait longest first.
   *
   * @param least none are given if fewer wait
   * @param most how many are given at most
   */
  List<Waiting> rest(int least, int most) {
    lock.lock();
    try {
      dropUnwanted();
      if (waiting.size() < least) {
        return List.of();
      }
      List<Waiting> taken = new ArrayList<>();
      Iterator<Waiting> next = waiting.values().iterator();
      while (taken.size() < most && next.hasNext()) {
        taken.add(next.next().over());
        next.remove();
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Questions that wait. */
  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Fails everything that waits and whatever is added from now on. */
  void close(GatewayProblem reason) {
    List<Waiting> left;
    lock.lock();
    try {
      closed = reason;
      left = List.copyOf(waiting.values());
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    left.forEach(question -> question.over().fail(reason));
  }

  private void dropUnwanted() {
    waiting
        .values()
        .removeIf(
            question -> {
              boolean unwanted = !question.wanted();
              if (unwanted) {
                question.over();
              }
              return unwanted;
            });
  }

  private Asker asker(CompletableFuture<ModelAnswer> answer) {
    return new Asker(answer, Context.current(), spans.span("wait").startSpan());
  }
}
