package io.cipherstream.server.session;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.wire.WireSession;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A session in memory: its owner, its stored keys, the time of its last use, and whether it is in
 * use. Thread-safe; nothing here touches the disk.
 */
public final class Session {

  private final SessionInfo info;
  private final WireSession wire;
  private final Map<String, Long> storedBytes = new ConcurrentHashMap<>();
  private final Set<String> inferences;
  private final Object files = new Object();
  private volatile Instant lastUsed;
  private long lastInference;
  private long keyChanges;
  private int users;
  private boolean removed;

  /** One use, from its beginning to {@link #close}; closing it more than once is harmless. */
  public final class Use implements AutoCloseable {
    private final InstantSource clock;
    private boolean over;

    private Use(InstantSource clock) {
      this.clock = clock;
    }

    @Override
    public void close() {
      synchronized (Session.this) {
        if (!over) {
          over = true;
          users--;
          lastUsed = clock.instant();
        }
      }
    }
  }

  Session(
      SessionInfo info,
      CkksParameters parameters,
      Map<String, Long> storedBytes,
      Instant lastUsed,
      List<InferenceSlot> slots,
      int inferenceIdsRemembered) {
    HexFormat hex = HexFormat.of();
    this.info = info;
    this.wire =
        new WireSession(
            parameters,
            hex.parseHex(info.id()),
            hex.parseHex(info.keyFingerprint()),
            hex.parseHex(info.transportKey()));
    this.storedBytes.putAll(storedBytes);
    this.lastUsed = lastUsed;
    this.inferences = boundedSet(inferenceIdsRemembered);
    slots.forEach(slot -> inferences.add(slot.id()));
    this.lastInference = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).order();
  }

  public SessionInfo info() {
    return info;
  }

  public String id() {
    return info.id();
  }

  public String tenant() {
    return info.tenant();
  }

  /** The values that envelopes of this session are checked against. */
  public WireSession wire() {
    return wire;
  }

  public CkksParameters parameters() {
    return wire.parameters();
  }

  /** Labels of the keys that are stored. */
  public Set<String> storedKeys() {
    return Set.copyOf(storedBytes.keySet());
  }

  /** Bytes of all stored key files. */
  public long keyBytes() {
    return storedBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  public Instant lastUsed() {
    return lastUsed;
  }

  /** Bytes of one stored key; 0 if it is not stored. */
  public long storedBytes(String label) {
    return storedBytes.getOrDefault(label, 0L);
  }

  /** Records a key whose file is complete. */
  synchronized void keyStored(String label, long bytes) {
    keyChanges++;
    storedBytes.put(label, bytes);
  }

  /** Records that a key's file cannot be used; the key is missing from now on. */
  synchronized void keyLost(String label) {
    keyChanges++;
    storedBytes.remove(label);
  }

  /** Grows whenever a key is stored or lost. */
  synchronized long keyChanges() {
    return keyChanges;
  }

  /** Held while files of the session are added or removed; never while {@code this} is held. */
  Object files() {
    return files;
  }

  void used(Instant when) {
    lastUsed = when;
  }

  /** Begins a use; null if the session was removed. */
  synchronized @Nullable Use use(InstantSource clock) {
    if (removed) {
      return null;
    }
    users++;
    lastUsed = clock.instant();
    return new Use(clock);
  }

  /** Whether an inference or an upload uses it now. */
  public synchronized boolean isInUse() {
    return users > 0;
  }

  /** Ends the session unless it is in use; false if it is. */
  synchronized boolean removeIfIdle() {
    if (users > 0) {
      return false;
    }
    removed = true;
    return true;
  }

  /** Begins no more uses until {@link #stay}; false if it is in use or was removed. */
  synchronized boolean leave() {
    return !removed && removeIfIdle();
  }

  /** Undoes {@link #leave}. */
  synchronized void stay() {
    removed = false;
  }

  synchronized void remove() {
    removed = true;
  }

  synchronized boolean isRemoved() {
    return removed;
  }

  /** Remembers an inference id; null if it was seen before. */
  synchronized @Nullable InferenceSlot firstUseOf(String inferenceId) {
    return inferences.add(inferenceId) ? new InferenceSlot(++lastInference, inferenceId) : null;
  }

  private static Set<String> boundedSet(int most) {
    return Collections.newSetFromMap(
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > most;
          }
        });
  }
}
