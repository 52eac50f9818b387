package io.cipherstream.server.session;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.wire.WireSession;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A session in memory: who it belongs to, which keys are stored, when it was last used. */
public final class Session {

  private final SessionInfo info;
  private final WireSession wire;
  private final Map<String, Long> storedBytes = new ConcurrentHashMap<>();
  private final Set<String> inferences;
  private volatile Instant lastUsed;

  Session(
      SessionInfo info,
      CkksParameters parameters,
      Map<String, Long> storedBytes,
      Instant lastUsed,
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

  /** What envelopes of this session are checked against. */
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
  public void keyStored(String label, long bytes) {
    storedBytes.put(label, bytes);
  }

  void used(Instant when) {
    lastUsed = when;
  }

  /** Remembers an inference id; false if it was seen before. */
  public synchronized boolean firstUseOf(String inferenceId) {
    return inferences.add(inferenceId);
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
