package io.cipherstream.leaks;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
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

  @Override
  public void beforeAll(ExtensionContext context) {
    if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
      throw new IllegalStateException("expected -Dio.netty.leakDetection.level=paranoid");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Thread.sleep(20); // until references are enqueued; a leak not seen now is seen later
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release(); // reports what was collected
    }
    List<String> found = List.copyOf(LeakRecorder.FOUND);
    LeakRecorder.FOUND.clear();
    if (!found.isEmpty()) {
      throw new AssertionError(found.size() + " buffers were lost, the first: " + found.get(0));
    }
  }
}
