package io.cipherstream.server;

import io.cipherstream.server.config.ConfigException;
import io.netty.util.internal.PlatformDependent;

/** Encoded weights and network buffers lie in the JVM's direct memory, whose limit is an option. */
final class DirectMemory {

  /** Left for network buffers and everything else that is not weights. */
  static final long RESERVE_BYTES = 512L << 20;

  private DirectMemory() {}

  /** What this JVM allows, in bytes. */
  static long limitBytes() {
    return PlatformDependent.estimateMaxDirectMemory();
  }

  /**
   * @throws ConfigException if the weight budget and the reserve exceed the limit: better refused
   *     at start than found out when the last model is loaded
   */
  static void check(long weightBytesMax, long limitBytes) {
    if (weightBytesMax > limitBytes - RESERVE_BYTES) {
      throw new ConfigException(
          String.format(
              "compute.weightBytesMax is %d MiB, but this JVM allows %d MiB of direct memory, %d of"
                  + " them kept for buffers: lower it, or start Java with a larger"
                  + " -XX:MaxDirectMemorySize (deploy/setup/server.jvm)",
              weightBytesMax >> 20, limitBytes >> 20, RESERVE_BYTES >> 20));
    }
  }
}
