package io.cipherstream.server;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees unused direct memory. Direct memory returns only when the collector finds its few bytes on
 * the heap, and it does not collect a nearly empty heap. So this class asks for a collection when
 * more is in use than its users were granted.
 */
final class DirectMemory {

  private static final Logger LOG = LoggerFactory.getLogger(DirectMemory.class);

  /** Shortest time between two collections, so that one without effect is not repeated at once. */
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

  /** Asks for a collection if too much is in use, on a separate thread; never blocks. */
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

  /** Direct memory in use, in bytes. */
  static long usedBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
