package io.cipherstream.server.jobs;

import io.cipherstream.server.problem.ProblemException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One job as it is now. Thread-safe. */
public final class Job {

  /** How far it is. An inference without rounds is one step: what lies between has no parts. */
  public enum State {
    /** Its inputs are coming in; nobody but their sender knows it. */
    RECEIVING,
    /** It waits for room for its keys, or for its turn. */
    WAITING,
    COMPUTING,
    DONE,
    FAILED
  }

  private final Object files = new Object();
  private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();
  private volatile boolean told;
  private JobInfo info;
  private State state;
  private Runnable cancel = () -> {};
  private final long begunNanos = System.nanoTime();
  private long computingNanos;

  Job(JobInfo info, State state) {
    this.info = info;
    this.state = state;
    this.told = isOver();
  }

  /** Held while its files are written or deleted, never for what it is now. */
  Object files() {
    return files;
  }

  public synchronized JobInfo info() {
    return info;
  }

  public synchronized State state() {
    return state;
  }

  /** Whether it has its answer or will have none. */
  public synchronized boolean isOver() {
    return state == State.DONE || state == State.FAILED;
  }

  /** Runs the action once it is over or was deleted; at once if it is. */
  public void whenOver(Runnable action) {
    waiters.add(action);
    if (told && waiters.remove(action)) {
      action.run();
    }
  }

  /** Takes back an action of {@link #whenOver}. */
  public void noLonger(Runnable action) {
    waiters.remove(action);
  }

  private void tell() {
    told = true;
    for (Runnable waiter : List.copyOf(waiters)) {
      if (waiters.remove(waiter)) {
        waiter.run();
      }
    }
  }

  /** Sets what ends its inference. */
  public synchronized void onCancel(Runnable action) {
    cancel = action;
  }

  /** Its turn has come. */
  public synchronized void computing() {
    if (!isOver()) {
      computingNanos = System.nanoTime();
      state = State.COMPUTING;
    }
  }

  /** Seconds that it has waited, or had to wait, for its step. */
  public synchronized double waitingSeconds() {
    return ((computingNanos == 0 ? System.nanoTime() : computingNanos) - begunNanos) / 1e9;
  }

  /** Why there is no answer; null unless it has failed. */
  public synchronized @Nullable ProblemException problem() {
    return info.problem() == null ? null : ProblemException.ofJson(new JsonObject(info.problem()));
  }

  synchronized void accepted() {
    if (state == State.RECEIVING) {
      state = computingNanos == 0 ? State.WAITING : State.COMPUTING;
    }
  }

  void over(JobInfo now, State how) {
    synchronized (this) {
      info = now;
      state = how;
      cancel = () -> {};
    }
    tell();
  }

  void cancel() {
    Runnable action;
    synchronized (this) {
      action = cancel;
    }
    action.run();
    tell();
  }
}
