package io.cipherstream.seal;

import io.cipherstream.ring.TaskGraph;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of a program, each when those before it have finished, on the calling thread and
 * on threads of a pool while there is work for them.
 *
 * <p>The calling thread alone can finish everything, so a pool that has no thread free, or that is
 * the caller's own, cannot deadlock. When a task fails, those not yet begun are skipped. {@link
 * #run} returns only when no thread works on the program any more.
 */
final class TaskRun {

  private final int[] waitingFor;
  private final TaskGraph graph;
  private final IntFunction<long[]> task;
  private final ExecutorService workers;
  private final int width;
  private final PriorityQueue<Integer> ready = new PriorityQueue<>();
  private int helpers;
  private int running;
  private int unfinished;
  private long @Nullable [] total;
  private @Nullable Throwable failure;

  /**
   * @param task runs one task and returns counts, which are added up
   * @param width threads that may take part, the caller included
   */
  TaskRun(TaskGraph graph, IntFunction<long[]> task, ExecutorService workers, int width) {
    this.graph = graph;
    this.waitingFor = graph.predecessorCounts();
    this.task = task;
    this.workers = workers;
    this.width = width;
    this.unfinished = graph.tasks();
    for (int i = 0; i < waitingFor.length; i++) {
      if (waitingFor[i] == 0) {
        ready.add(i);
      }
    }
  }

  /** The sum of what the tasks returned, or what the first one to fail threw. */
  long[] run() {
    int next = begin(true);
    while (next >= 0) {
      callHelpers();
      one(next);
      next = begin(true);
    }
    return outcome();
  }

  private void help() {
    for (int next = begin(false); next >= 0; next = begin(false)) {
      callHelpers();
      one(next);
    }
  }

  /** The first task that is ready, or −1 when there is none (for the caller: and never will be). */
  private synchronized int begin(boolean caller) {
    boolean interrupted = false;
    while (caller && ready.isEmpty() && unfinished > 0 && (failure == null || running > 0)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ready.isEmpty()) {
      helpers -= caller ? 0 : 1;
      return -1;
    }
    running++;
    return ready.remove();
  }

  /** Asks the pool for as many threads as have something to do. */
  private void callHelpers() {
    int wanted;
    synchronized (this) {
      wanted = Math.min(ready.size(), width - 1 - helpers);
      helpers += Math.max(0, wanted);
    }
    for (int i = 0; i < wanted; i++) {
      try {
        workers.execute(this::help);
      } catch (RejectedExecutionException e) {
        synchronized (this) {
          helpers -= wanted - i;
        }
        return;
      }
    }
  }

  private void one(int index) {
    long[] counts = null;
    Throwable thrown = null;
    try {
      counts = task.apply(index);
    } catch (RuntimeException | Error e) {
      thrown = e;
    }
    finished(index, counts, thrown);
  }

  private synchronized void finished(
      int index, long @Nullable [] counts, @Nullable Throwable thrown) {
    running--;
    unfinished--;
    if (failure == null) {
      failure = thrown;
    }
    if (counts != null) {
      total = sum(total, counts);
    }
    if (failure != null) {
      ready.clear();
    } else {
      for (int successor : graph.successors(index)) {
        if (--waitingFor[successor] == 0) {
          ready.add(successor);
        }
      }
    }
    notifyAll();
  }

  private static long[] sum(long @Nullable [] a, long[] b) {
    if (a == null) {
      return b;
    }
    for (int i = 0; i < a.length; i++) {
      a[i] += b[i];
    }
    return a;
  }

  private synchronized long[] outcome() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (total == null) {
      throw new IllegalStateException("a program without tasks");
    }
    return total;
  }
}
