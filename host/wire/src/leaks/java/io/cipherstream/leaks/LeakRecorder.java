package io.cipherstream.leaks;

import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's leak detector with a list of what it found. It is named by the system property {@code
 * io.netty.customResourceLeakDetector}, and made by Netty once for each kind of buffer.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

  static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

  /** Of the form that Netty looks for. */
  public LeakRecorder(Class<?> resourceType, int samplingInterval, long maxActive) {
    super(resourceType, samplingInterval);
  }

  /** Of the form that Netty looks for. */
  public LeakRecorder(Class<?> resourceType, int samplingInterval) {
    super(resourceType, samplingInterval);
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    FOUND.add(resourceType + " was never released: " + records);
    super.reportTracedLeak(resourceType, records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    FOUND.add(resourceType + " was never released");
    super.reportUntracedLeak(resourceType);
  }
}
