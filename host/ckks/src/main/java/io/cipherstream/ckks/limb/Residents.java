package io.cipherstream.ckks.limb;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import java.lang.ref.WeakReference;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stays on an engine between operations: keys and encoded weights, each made at its first use.
 *
 * <p>When the budget is exceeded, or the engine has no memory left, what was used longest ago and
 * is not pinned goes; it is made again when it is needed. Entries belong to an owner and go when
 * the owner is closed. Safe for concurrent use.
 */
final class Residents {

  private static final class Entry {
    final Object owner;
    final Object key;
    @Nullable LimbBuffer buffer;
    int pins;
    long lastUse;
    boolean dropped;

    Entry(Object owner, Object key) {
      this.owner = owner;
      this.key = key;
    }
  }

  /** A pinned resident; close it when the program that uses it has been submitted. */
  final class Lease implements AutoCloseable {
    private final Entry entry;
    private final LimbBuffer buffer;

    private Lease(Entry entry, LimbBuffer buffer) {
      this.entry = entry;
      this.buffer = buffer;
    }

    LimbBuffer buffer() {
      return buffer;
    }

    @Override
    public void close() {
      unpin(entry);
    }
  }

  private final LimbEngine engine;
  private final long bytesMax;
  private final Map<Object, Map<Object, Entry>> byOwner = new IdentityHashMap<>();
  private long bytes;
  private long clock;
  private boolean closed;

  /**
   * @param bytesMax bytes of residents above which those that are not pinned are given up; adopted
   *     memory, which is not the engine's, does not count
   */
  Residents(LimbEngine engine, long bytesMax) {
    this.engine = engine;
    this.bytesMax = bytesMax;
  }

  /**
   * The resident of an owner under a key, made by {@code maker} if it is not there.
   *
   * @param onOwnerClosed registers an action to run when the owner is closed
   */
  Lease acquire(Object owner, Object key, Closing onOwnerClosed, Supplier<LimbBuffer> maker) {
    Entry entry = pin(owner, key, onOwnerClosed);
    try {
      synchronized (entry) {
        LimbBuffer buffer = entry.buffer;
        if (buffer == null) {
          buffer = withRoom(maker);
          entry.buffer = buffer;
          added(buffer.engineBytes());
        }
        return new Lease(entry, buffer);
      }
    } catch (RuntimeException | Error e) {
      unpin(entry);
      throw e;
    }
  }

  /** Where an owner's close actions are registered. */
  @FunctionalInterface
  interface Closing {
    void onClose(Runnable action);
  }

  /** Runs {@code maker}; when the engine has no memory left, once more after giving up the rest. */
  <T> T withRoom(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (EngineException e) {
      if (e.kind() != EngineException.Kind.MEMORY || !evictAll()) {
        throw e;
      }
      return maker.get();
    }
  }

  private Entry pin(Object owner, Object key, Closing onOwnerClosed) {
    boolean first;
    Entry entry;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the evaluator is closed");
      }
      first = !byOwner.containsKey(owner);
      entry =
          byOwner
              .computeIfAbsent(owner, o -> new HashMap<>())
              .computeIfAbsent(key, k -> new Entry(owner, k));
      entry.pins++;
      entry.lastUse = ++clock;
    }
    if (first) {
      // An owner outlives engines that failed; it must not keep what was theirs from being
      // collected.
      WeakReference<Residents> self = new WeakReference<>(this);
      onOwnerClosed.onClose(() -> drop(self, owner));
    }
    return entry;
  }

  private synchronized void unpin(Entry entry) {
    entry.pins--;
    if (entry.pins == 0 && (entry.dropped || entry.buffer == null)) {
      free(entry);
    }
  }

  private synchronized void added(long more) {
    bytes += more;
    while (bytes > bytesMax && evictOne()) {
      // one at a time, the one used longest ago first
    }
  }

  private synchronized boolean evictAll() {
    boolean any = false;
    while (evictOne()) {
      any = true;
    }
    return any;
  }

  private boolean evictOne() {
    Optional<Entry> oldest =
        byOwner.values().stream()
            .flatMap(entries -> entries.values().stream())
            .filter(
                entry -> entry.pins == 0 && entry.buffer != null && entry.buffer.engineBytes() > 0)
            .min(Comparator.comparingLong(entry -> entry.lastUse));
    oldest.ifPresent(this::free);
    return oldest.isPresent();
  }

  private void free(Entry entry) {
    Map<Object, Entry> entries = byOwner.get(entry.owner);
    if (entries != null && entries.get(entry.key) == entry) {
      entries.remove(entry.key);
    }
    LimbBuffer buffer = entry.buffer;
    entry.buffer = null;
    if (buffer != null) {
      bytes -= buffer.engineBytes();
      buffer.close();
    }
  }

  private static void drop(WeakReference<Residents> of, Object owner) {
    Residents residents = of.get();
    if (residents != null) {
      residents.drop(owner);
    }
  }

  private synchronized void drop(Object owner) {
    Map<Object, Entry> entries = byOwner.remove(owner);
    if (entries != null) {
      for (Entry entry : entries.values()) {
        entry.dropped = true;
        if (entry.pins == 0) {
          free(entry);
        }
      }
    }
  }

  /** Bytes held. */
  synchronized long bytes() {
    return bytes;
  }

  /** Gives everything up. */
  synchronized void close() {
    closed = true;
    Object[] owners = byOwner.keySet().toArray();
    for (Object owner : owners) {
      drop(owner);
    }
  }

  LimbEngine engine() {
    return engine;
  }
}
