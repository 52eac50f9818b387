package io.cipherstream.gateway.serving;

import io.cipherstream.client.ClientException;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.KeyAges;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Replaces secret keys by their age. While old keys are deleted no inference runs; afterwards each
 * lane opens its clients again, which makes new keys and closes the sessions of the old ones.
 * Thread-safe.
 */
final class KeyRotation {

  private final List<ClientOptions> appliances;
  private final Duration age;
  private final GatewayLog log;
  private final GatewayMetrics metrics;
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
  private int generation;

  /**
   * @param age after which a key is replaced
   */
  KeyRotation(
      List<ClientOptions> appliances, Duration age, GatewayLog log, GatewayMetrics metrics) {
    this.appliances = List.copyOf(appliances);
    this.age = age;
    this.log = log;
    this.metrics = metrics;
  }

  /** What uses keys; while it runs none is replaced. */
  interface Use<T> {

    /**
     * @param generation another number than before if keys were replaced
     */
    T run(int generation);
  }

  /** Runs what uses keys. */
  <T> T using(Use<T> use) {
    lock.readLock().lock();
    try {
      return use.run(generation);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Replaces the keys that are too old. */
  void check(Instant now) {
    try {
      if (appliances.stream().noneMatch(client -> KeyAges.anyOlderThan(client, age, now))) {
        return;
      }
      lock.writeLock().lock();
      try {
        int ended = 0;
        for (ClientOptions client : appliances) {
          ended += KeyAges.endOlderThan(client, age, now);
        }
        generation++;
        metrics.rotated(ended);
        log.event("keys-ended", Map.of("keys", ended, "days", age.toDays()));
      } finally {
        lock.writeLock().unlock();
      }
    } catch (ClientException e) {
      log.failure("key-rotation-failed", Map.of(), e);
    }
  }
}
