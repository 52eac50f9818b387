package io.cipherstream.server.inference;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs steps on a fixed number of slots, one step of each waiting tenant in turn, so that a tenant
 * with many inferences delays the others by at most one step. The queue is bounded by {@link
 * Admission}: an inference has at most one step waiting. Thread-safe.
 */
public final class FairScheduler {

  private static final Logger LOG = LoggerFactory.getLogger(FairScheduler.class);

  private final Executor executor;
  private final int slots;
  private final Map<String, ArrayDeque<Runnable>> waiting = new LinkedHashMap<>();
  private int running;

  /**
   * @param executor has at least {@code slots} threads
   */
  public FairScheduler(Executor executor, int slots) {
    this.executor = executor;
    this.slots = slots;
  }

  public void submit(String tenant, Runnable step) {
    synchronized (waiting) {
      waiting.computeIfAbsent(tenant, name -> new ArrayDeque<>()).add(step);
    }
    dispatch();
  }

  /** Steps that wait for a slot. */
  public int waiting() {
    synchronized (waiting) {
      return waiting.values().stream().mapToInt(ArrayDeque::size).sum();
    }
  }

  private void dispatch() {
    Runnable next;
    synchronized (waiting) {
      if (running >= slots || waiting.isEmpty()) {
        return;
      }
      next = takeFromFirstTenant();
      running++;
    }
    executor.execute(() -> run(next));
  }

  private Runnable takeFromFirstTenant() {
    Iterator<Map.Entry<String, ArrayDeque<Runnable>>> it = waiting.entrySet().iterator();
    Map.Entry<String, ArrayDeque<Runnable>> first = it.next();
    it.remove();
    Runnable step = first.getValue().remove();
    if (!first.getValue().isEmpty()) {
      waiting.put(first.getKey(), first.getValue());
    }
    return step;
  }

  private void run(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a step failed outside its own handling", e);
    } finally {
      synchronized (waiting) {
        running--;
      }
      dispatch();
    }
  }
}
