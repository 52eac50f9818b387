package io.cipherstream.leaks;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that lost a buffer. JUnit finds it as a service, so that it watches every
 * class of a module; it also fails where Netty's checks are not at their strictest.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {

  private static final int COLLECTIONS = 3;
  private static final long COLLECTION_MILLIS_MAX = 1000;

  @Override
  public void beforeAll(ExtensionContext context) {
    if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
      throw new IllegalStateException("expected -Dio.netty.leakDetection.level=paranoid");
    }
  }

  /** Collects garbage and waits until a reference to some of it was enqueued. */
  private static void collect() throws InterruptedException {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    PhantomReference<Object> garbage = new PhantomReference<>(new Object(), collected);
    try {
      System.gc();
      collected.remove(COLLECTION_MILLIS_MAX);
    } finally {
      Reference.reachabilityFence(garbage);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      collect(); // a leak not seen now is seen later
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release(); // reports what was collected
    }
    List<String> found = List.copyOf(LeakRecorder.FOUND);
    LeakRecorder.FOUND.clear();
    if (!found.isEmpty()) {
      throw new AssertionError(found.size() + " buffers were lost, the first: " + found.get(0));
    }
  }
}
