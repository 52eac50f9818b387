package io.cipherstream.server.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Writes inference ids to disk, so that a replay is refused after a restart too. Ids of one session
 * that wait at the same time are forced to disk together. Thread-safe; nothing here blocks but
 * {@link #close}.
 */
final class InferenceIds implements AutoCloseable {

  private static final long CLOSE_WAIT_MILLIS = 5000;

  private final SessionStore store;
  private final int remembered;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "inference-ids");
            thread.setDaemon(true);
            return thread;
          });

  private record Waiting(Session session, InferenceSlot slot, CompletableFuture<Void> done) {}

  /**
   * @param remembered ids a session keeps; the file of a session takes so many slots at most
   */
  InferenceIds(SessionStore store, int remembered) {
    this.store = store;
    this.remembered = remembered;
  }

  /**
   * Completes when the id is on disk; fails with the error that prevented it. The queue is bounded
   * by the admitted inferences, each of which adds one.
   */
  CompletionStage<Void> add(Session session, InferenceSlot slot) {
    Waiting waiting = new Waiting(session, slot, new CompletableFuture<>());
    queue.add(waiting);
    try {
      writer.execute(this::writeQueued);
    } catch (RejectedExecutionException e) {
      waiting.done.completeExceptionally(new IOException("the appliance has stopped", e));
    }
    return waiting.done;
  }

  /**
   * Writes all waiting ids. It runs once per id, and for most of a burst there is nothing left to
   * do.
   */
  private void writeQueued() {
    Map<Session, List<Waiting>> bySession = new LinkedHashMap<>();
    for (Waiting w = queue.poll(); w != null; w = queue.poll()) {
      bySession.computeIfAbsent(w.session, session -> new ArrayList<>()).add(w);
    }
    bySession.forEach(this::write);
  }

  private void write(Session session, List<Waiting> waiting) {
    try {
      store.writeInferenceIds(session, waiting.stream().map(Waiting::slot).toList(), remembered);
      waiting.forEach(each -> each.done.complete(null));
    } catch (IOException | RuntimeException e) {
      waiting.forEach(each -> each.done.completeExceptionally(e));
    }
  }

  /** Writes the remaining ids and takes no more. Blocks. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
