package io.cipherstream.server.session;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Evaluation keys in memory, by session, within a budget that is never exceeded. A user of keys
 * first reserves room for them and waits until there is some. To make room, the least recently used
 * idle keys are closed; they are read from disk again when needed.
 *
 * <p>Waiting reservations are served in the order of their arrival, one of each tenant in turn.
 * Nobody passes the first of them, except a tenant whose turn comes while the first's tenant
 * already uses its full share, so small sessions do not starve a large one. Thread-safe.
 */
public final class KeyCache implements AutoCloseable {

  private final long bytesMax;
  private final long bytesPerTenantMax;
  private final Executor executor;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, ArrayDeque<Reservation>> waiting = new LinkedHashMap<>();
  private final Map<String, Long> inUseByTenant = new HashMap<>();
  private long held;

  private static final class Entry {
    private final String tenant;
    private final long bytes;
    private volatile @Nullable EvaluationKeys keys;
    private int users;
    private boolean dropped;

    private Entry(String tenant, long bytes) {
      this.tenant = tenant;
      this.bytes = bytes;
    }
  }

  /** Room for a session's keys, or a place in the queue for it. Close once it is not needed. */
  public final class Reservation implements AutoCloseable {
    private final String tenant;
    private final String session;
    private final long bytes;
    private final Runnable whenGranted;
    private @Nullable Entry entry;
    private boolean closed;

    private Reservation(String tenant, String session, long bytes, Runnable whenGranted) {
      this.tenant = tenant;
      this.session = session;
      this.bytes = bytes;
      this.whenGranted = whenGranted;
    }

    /**
     * The session's keys, from memory or through {@code loader}; they stay loaded until this is
     * closed. Blocks.
     *
     * @throws IllegalStateException if there is no room yet
     */
    public EvaluationKeys keys(Callable<EvaluationKeys> loader) throws Exception {
      Entry granted = granted();
      synchronized (granted) {
        EvaluationKeys keys = granted.keys;
        if (keys == null) {
          keys = loader.call();
          granted.keys = keys;
        }
        return keys;
      }
    }

    private Entry granted() {
      synchronized (entries) {
        Entry granted = entry;
        if (granted == null || closed) {
          throw new IllegalStateException("no room is reserved for keys of session " + session);
        }
        return granted;
      }
    }

    /** Returns the room, or leaves the queue. */
    @Override
    public void close() {
      release(this);
    }
  }

  /**
   * @param bytesMax bytes of all keys
   * @param bytesPerTenantMax bytes of keys that one tenant's reservations may hold
   * @param executor runs what makes room, which frees memory: not an event loop
   */
  public KeyCache(long bytesMax, long bytesPerTenantMax, Executor executor) {
    this.bytesMax = bytesMax;
    this.bytesPerTenantMax = Math.min(bytesMax, bytesPerTenantMax);
    this.executor = executor;
  }

  /**
   * Refuses keys that will never fit.
   *
   * @throws ProblemException {@link ProblemType#TOO_LARGE}
   */
  public void checkFits(long bytes) {
    if (bytes > bytesPerTenantMax) {
      throw ProblemException.of(
              ProblemType.TOO_LARGE,
              "a session whose keys take " + bytes + " bytes of memory",
              "at most " + bytesPerTenantMax + " (keyMemoryBytesPerTenantMax)",
              "name fewer modes and token classes, or have the operator raise the limit")
          .with("limit", "keyMemoryBytesPerTenantMax");
    }
  }

  /**
   * Asks for room for a session's keys.
   *
   * @param bytes that they will take
   * @param whenGranted called once when there is room, on any thread
   * @throws ProblemException {@link ProblemType#TOO_LARGE} if they will never fit
   */
  public Reservation reserve(String tenant, String session, long bytes, Runnable whenGranted) {
    checkFits(bytes);
    Reservation reservation = new Reservation(tenant, session, bytes, whenGranted);
    synchronized (entries) {
      waiting.computeIfAbsent(tenant, name -> new ArrayDeque<>()).add(reservation);
    }
    executor.execute(this::dispatch);
    return reservation;
  }

  /** Drops a session's keys; those in use are closed when their last user is done. */
  public void drop(String session) {
    synchronized (entries) {
      Entry entry = entries.remove(session);
      if (entry == null) {
        return;
      }
      entry.dropped = true;
      if (entry.users == 0) {
        free(entry);
      }
    }
    dispatch();
  }

  /** Bytes of all keys that are loaded or have room reserved; at most the budget. */
  public long bytes() {
    synchronized (entries) {
      return held;
    }
  }

  /** Bytes of one tenant's keys that are loaded or have room reserved. */
  public long bytes(String tenant) {
    synchronized (entries) {
      return entries.values().stream()
          .filter(entry -> entry.tenant.equals(tenant))
          .mapToLong(entry -> entry.bytes)
          .sum();
    }
  }

  /** Reservations that wait for room. */
  public int waiting() {
    synchronized (entries) {
      return waiting.values().stream().mapToInt(ArrayDeque::size).sum();
    }
  }

  @Override
  public void close() {
    List<String> sessions;
    synchronized (entries) {
      waiting.clear();
      sessions = List.copyOf(entries.keySet());
    }
    sessions.forEach(this::drop);
  }

  private void release(Reservation reservation) {
    synchronized (entries) {
      if (reservation.closed) {
        return;
      }
      reservation.closed = true;
      Entry entry = reservation.entry;
      if (entry == null) {
        leaveQueue(reservation);
      } else {
        entry.users--;
        if (entry.users == 0) {
          use(entry, -1);
          if (entry.dropped) {
            free(entry);
          } else if (entry.keys == null) { // loading failed
            entries.remove(reservation.session, entry);
            free(entry);
          }
        }
      }
    }
    dispatch();
  }

  private void leaveQueue(Reservation reservation) {
    ArrayDeque<Reservation> queue = waiting.get(reservation.tenant);
    if (queue != null && queue.remove(reservation) && queue.isEmpty()) {
      waiting.remove(reservation.tenant);
    }
  }

  /** Grants the reservations that fit. */
  private void dispatch() {
    List<Reservation> granted = new ArrayList<>();
    synchronized (entries) {
      for (Reservation next = next(); next != null; next = next()) {
        granted.add(next);
      }
    }
    granted.forEach(reservation -> reservation.whenGranted.run());
  }

  /** Takes the next reservation that can be granted, with its entry; null if none can. */
  private @Nullable Reservation next() {
    Reservation first = firstWithinItsShare();
    if (first == null) {
      return null;
    }
    Entry entry = entries.get(first.session);
    if (entry == null) {
      if (!makeRoom(first.bytes)) {
        return null;
      }
      entry = new Entry(first.tenant, first.bytes);
      entries.put(first.session, entry);
      held += entry.bytes;
    }
    if (entry.users++ == 0) {
      use(entry, 1);
    }
    first.entry = entry;
    ArrayDeque<Reservation> queue = waiting.remove(first.tenant);
    if (queue != null && queue.remove() != null && !queue.isEmpty()) {
      waiting.put(first.tenant, queue); // behind the other tenants
    }
    return first;
  }

  /** The first in turn. A tenant at its share waits for itself and does not delay others. */
  private @Nullable Reservation firstWithinItsShare() {
    for (ArrayDeque<Reservation> queue : waiting.values()) {
      Reservation first = queue.element();
      Entry there = entries.get(first.session);
      boolean inUse = there != null && there.users > 0;
      long use = inUseByTenant.getOrDefault(first.tenant, 0L);
      if (inUse || use + first.bytes <= bytesPerTenantMax) {
        return first;
      }
    }
    return null;
  }

  /** Closes idle keys, the least recently used first, if that makes room enough. */
  private boolean makeRoom(long bytes) {
    long idle = entries.values().stream().filter(e -> e.users == 0).mapToLong(e -> e.bytes).sum();
    if (held - idle + bytes > bytesMax) {
      return false;
    }
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (held + bytes > bytesMax) {
      Entry entry = oldestFirst.next();
      if (entry.users == 0) {
        oldestFirst.remove();
        free(entry);
      }
    }
    return true;
  }

  private void use(Entry entry, int sign) {
    inUseByTenant.merge(entry.tenant, sign * entry.bytes, Long::sum);
    inUseByTenant.remove(entry.tenant, 0L);
  }

  /** Closes unused keys, and only then counts their room as free. */
  private void free(Entry entry) {
    EvaluationKeys keys = entry.keys;
    entry.keys = null;
    if (keys != null) {
      keys.close();
    }
    held -= entry.bytes;
  }
}
