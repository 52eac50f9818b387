package io.cipherstream.server.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Writes inference ids to disk, so that a replay is refused after a restart too. Ids of one session
 * that wait at the same time are forced to disk together. Thread-safe; nothing here blocks but
 * {@link #close}.
 */
final class InferenceIds implements AutoCloseable {

  private static final long CLOSE_WAIT_MILLIS = 5000;

  private final SessionStore store;
  private final int remembered;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final Thread writer = new Thread(this::write, "inference-ids");
  private volatile boolean closed;

  private record Waiting(Session session, InferenceSlot slot, CompletableFuture<Void> done) {}

  /**
   * @param remembered ids a session keeps; the file of a session takes so many slots at most
   */
  InferenceIds(SessionStore store, int remembered) {
    this.store = store;
    this.remembered = remembered;
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * Completes when the id is on disk; fails with the {@link IOException} otherwise. The queue is
   * bounded by the inferences that were admitted, each of which adds one.
   */
  CompletionStage<Void> add(Session session, InferenceSlot slot) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (closed) {
      done.completeExceptionally(new IOException("the appliance has stopped"));
    } else {
      queue.add(new Waiting(session, slot, done));
    }
    return done;
  }

  private void write() {
    List<Waiting> batch = new ArrayList<>();
    try {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch);
        Map<Session, List<Waiting>> bySession = new LinkedHashMap<>();
        batch.forEach(w -> bySession.computeIfAbsent(w.session, s -> new ArrayList<>()).add(w));
        bySession.forEach(this::write);
        batch.clear();
      }
    } catch (InterruptedException e) {
      closed = true;
      queue.drainTo(batch);
      IOException stopped = new IOException("the appliance has stopped");
      batch.forEach(waiting -> waiting.done.completeExceptionally(stopped));
    }
  }

  private void write(Session session, List<Waiting> waiting) {
    try {
      store.writeInferenceIds(session, waiting.stream().map(Waiting::slot).toList(), remembered);
      waiting.forEach(each -> each.done.complete(null));
    } catch (IOException | UncheckedIOException e) {
      waiting.forEach(each -> each.done.completeExceptionally(e));
    }
  }

  @Override
  public void close() {
    writer.interrupt();
    try {
      writer.join(CLOSE_WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
