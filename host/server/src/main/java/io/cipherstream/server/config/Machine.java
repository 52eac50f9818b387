package io.cipherstream.server.config;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/**
 * The memory that this process has.
 *
 * @param memoryBytes memory of the machine, or of the container if that has a limit
 * @param heapBytes largest Java heap
 * @param directBytes most direct memory that this JVM allows
 */
public record Machine(long memoryBytes, long heapBytes, long directBytes) {

  /** The machine and JVM of this process. */
  public static Machine here() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        system.getTotalMemorySize(),
        Runtime.getRuntime().maxMemory(),
        PlatformDependent.estimateMaxDirectMemory());
  }
}
