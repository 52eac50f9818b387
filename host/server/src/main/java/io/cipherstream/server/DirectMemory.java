package io.cipherstream.server;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Direct memory that is no longer used returns only when the collector finds its few bytes on the
 * heap, and a heap that is nearly empty is not collected. So the collector is asked when more is
 * held than those who may hold it were given.
 */
final class DirectMemory {

  private static final Logger LOG = LoggerFactory.getLogger(DirectMemory.class);

  /** A collection that brought nothing is not repeated at once. */
  private static final long PAUSE_NANOS = 10_000_000_000L;

  private final LongSupplier given;
  private final Runnable collect;
  private final AtomicBoolean collecting = new AtomicBoolean();
  private volatile long last = System.nanoTime() - PAUSE_NANOS;

  /**
   * @param given bytes that weights, engine, inferences and buffers may hold now
   */
  DirectMemory(LongSupplier given) {
    this(given, System::gc);
  }

  DirectMemory(LongSupplier given, Runnable collect) {
    this.given = given;
    this.collect = collect;
  }

  /** Asks the collector if too much is held, on a thread of its own; never blocks. */
  void check() {
    long used = usedBytes();
    long allowed = given.getAsLong();
    if (used <= allowed
        || System.nanoTime() - last < PAUSE_NANOS
        || !collecting.compareAndSet(false, true)) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                collect.run();
                LOG.debug("direct memory: {} bytes held, {} allowed", used, allowed);
              } finally {
                last = System.nanoTime();
                collecting.set(false);
              }
            },
            "direct-memory");
    thread.setDaemon(true);
    thread.start();
  }

  /** Direct memory that is held, in bytes. */
  static long usedBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
