package io.cipherstream.server.session;

import io.cipherstream.ckks.EvaluationKeys;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Evaluation keys in memory, by session, within a budget: when it is exceeded, the least recently
 * used keys that nobody holds are closed; they are read from disk again when needed. Keys in use
 * are never closed, so the budget can be exceeded by what is in use. Thread-safe.
 */
public final class KeyCache implements AutoCloseable {

  private final long bytesMax;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Entry {
    private volatile @Nullable EvaluationKeys keys;
    private int users;
    private boolean dropped;
  }

  /** Keys that stay loaded until this is closed. Close once. */
  public final class Lease implements AutoCloseable {
    private final String session;
    private final Entry entry;
    private final EvaluationKeys keys;
    private boolean closed;

    private Lease(String session, Entry entry, EvaluationKeys keys) {
      this.session = session;
      this.entry = entry;
      this.keys = keys;
    }

    public EvaluationKeys keys() {
      return keys;
    }

    @Override
    public void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      release(session, entry);
    }
  }

  public KeyCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The session's keys, from memory or through {@code loader}. Blocks. */
  public Lease acquire(String session, Callable<EvaluationKeys> loader) throws Exception {
    Entry entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(session, id -> new Entry());
      entry.users++;
    }
    Lease lease = null;
    try {
      EvaluationKeys keys;
      synchronized (entry) {
        keys = entry.keys;
        if (keys == null) {
          keys = loader.call();
          entry.keys = keys;
        }
      }
      trim();
      lease = new Lease(session, entry, keys);
      return lease;
    } finally {
      if (lease == null) { // also after an Error: out of native memory, for one
        release(session, entry);
      }
    }
  }

  /** Forgets a session's keys; those in use are closed when their last user is done. */
  public void drop(String session) {
    Entry entry;
    synchronized (entries) {
      entry = entries.remove(session);
      if (entry == null) {
        return;
      }
      entry.dropped = true;
      if (entry.users > 0) {
        return;
      }
    }
    close(entry);
  }

  /** Bytes of all loaded keys. */
  public long bytes() {
    synchronized (entries) {
      return entries.values().stream().mapToLong(KeyCache::bytes).sum();
    }
  }

  @Override
  public void close() {
    List<String> sessions;
    synchronized (entries) {
      sessions = List.copyOf(entries.keySet());
    }
    sessions.forEach(this::drop);
  }

  private void release(String session, Entry entry) {
    boolean last;
    synchronized (entries) {
      entry.users--;
      last = entry.users == 0 && entry.dropped;
      if (entry.users == 0 && entry.keys == null) {
        entries.remove(session, entry);
      }
    }
    if (last) {
      close(entry);
    }
    trim();
  }

  private void trim() {
    List<Entry> evicted = new ArrayList<>();
    synchronized (entries) {
      long total = entries.values().stream().mapToLong(KeyCache::bytes).sum();
      Iterator<Entry> oldestFirst = entries.values().iterator();
      while (total > bytesMax && oldestFirst.hasNext()) {
        Entry entry = oldestFirst.next();
        if (entry.users == 0) {
          total -= bytes(entry);
          entry.dropped = true;
          oldestFirst.remove();
          evicted.add(entry);
        }
      }
    }
    evicted.forEach(KeyCache::close);
  }

  private static long bytes(Entry entry) {
    EvaluationKeys keys = entry.keys;
    return keys == null ? 0 : keys.bytes();
  }

  private static void close(Entry entry) {
    synchronized (entry) {
      if (entry.keys != null) {
        entry.keys.close();
        entry.keys = null;
      }
    }
  }
}
