package io.cipherstream.server.config;

/**
 * The division of the process's memory. The parts never exceed the total, and every part's user
 * keeps to it: a model that does not fit is left out, keys and inferences wait or are refused.
 *
 * <p>Parts that the configuration leaves at 0 share what the given ones leave: encoded weights
 * {@value #WEIGHT_PERCENT} of 100, keys {@value #KEY_PERCENT}, inferences {@value
 * #INFERENCE_PERCENT}, in these proportions.
 *
 * @param totalBytes the whole process
 * @param heapBytes Java heap, as the JVM was started
 * @param reserveBytes everything outside the other parts: code, threads, network buffers, the step
 *     in progress
 * @param engineBytes copies of keys and weights that the engine keeps between operations
 * @param weightBytes most bytes of encoded weights
 * @param keyBytes most bytes of loaded keys
 * @param keyBytesPerTenant most bytes of keys in use by one tenant
 * @param inferenceBytes most bytes that admitted inferences may hold
 * @param inferenceBytesPerTenant the same for one tenant
 */
public record MemoryPlan(
    long totalBytes,
    long heapBytes,
    long reserveBytes,
    long engineBytes,
    long weightBytes,
    long keyBytes,
    long keyBytesPerTenant,
    long inferenceBytes,
    long inferenceBytesPerTenant) {

  /** Default share of the machine's memory for the process. */
  static final int MACHINE_PERCENT = 75;

  /** Bytes outside the other parts. */
  static final long RESERVE_BYTES = 768L << 20;

  /** Direct memory beside the encoded weights. */
  static final long DIRECT_RESERVE_BYTES = 512L << 20;

  /** The engine's copies take no more than one part in so many of the machine's memory. */
  static final int ENGINE_SHARE = 16;

  static final int WEIGHT_PERCENT = 50;
  static final int KEY_PERCENT = 20;
  static final int INFERENCE_PERCENT = 30;

  /** Smallest useful size of the parts that are not configured. */
  private static final long LEFT_BYTES_MIN = 256L << 20;

  /** The division on this machine. */
  public static MemoryPlan of(ServerConfig config) {
    return of(config, Machine.here());
  }

  /**
   * The division on a machine.
   *
   * @throws ConfigException if the parts do not fit, with all of them
   */
  public static MemoryPlan of(ServerConfig config, Machine machine) {
    Limits limits = config.limits();
    long given = limits.memoryBytesMax();
    if (given > machine.memoryBytes()) {
      throw new ConfigException(
          String.format(
              "limits.memoryBytesMax is %d MiB, but the machine or container has %d MiB",
              given >> 20, machine.memoryBytes() >> 20));
    }
    long total = given > 0 ? given : machine.memoryBytes() / 100 * MACHINE_PERCENT;
    long weights = config.compute().weightBytesMax();
    long keys = limits.keyMemoryBytesMax();
    long inferences = limits.inferenceBytesMax();
    long engine =
        Math.min(config.compute().engineResidentBytesMax(), machine.memoryBytes() / ENGINE_SHARE);
    long left = total - machine.heapBytes() - RESERVE_BYTES - engine - weights - keys - inferences;
    int shares =
        (weights > 0 ? 0 : WEIGHT_PERCENT)
            + (keys > 0 ? 0 : KEY_PERCENT)
            + (inferences > 0 ? 0 : INFERENCE_PERCENT);
    if (left < (shares == 0 ? 0 : LEFT_BYTES_MIN)) {
      throw new ConfigException(
          String.format(
              "the parts of limits.memoryBytesMax = %d MiB do not fit: Java heap %d MiB, reserve %d"
                  + " MiB, engine %d MiB, compute.weightBytesMax %d MiB, limits.keyMemoryBytesMax"
                  + " %d MiB, limits.inferenceBytesMax %d MiB (0: what is left): lower one of them,"
                  + " start Java with a smaller -Xmx, or give the machine more memory"
                  + " (docs/sizing.md)",
              total >> 20,
              machine.heapBytes() >> 20,
              RESERVE_BYTES >> 20,
              engine >> 20,
              weights >> 20,
              keys >> 20,
              inferences >> 20));
    }
    long direct = machine.directBytes() - DIRECT_RESERVE_BYTES;
    if (weights > direct) {
      throw new ConfigException(
          String.format(
              "compute.weightBytesMax is %d MiB, but this JVM allows %d MiB of direct memory, %d of"
                  + " them kept for buffers: lower it, or start Java with a larger"
                  + " -XX:MaxDirectMemorySize",
              weights >> 20, machine.directBytes() >> 20, DIRECT_RESERVE_BYTES >> 20));
    }
    long keyPart = keys > 0 ? keys : left / shares * KEY_PERCENT;
    long inferencePart = inferences > 0 ? inferences : left / shares * INFERENCE_PERCENT;
    boolean alone = config.tenants().size() + (config.generateApiKey() ? 1 : 0) <= 1;
    return new MemoryPlan(
        total,
        machine.heapBytes(),
        RESERVE_BYTES,
        engine,
        weights > 0 ? weights : Math.min(direct, left / shares * WEIGHT_PERCENT),
        keyPart,
        perTenant(limits.keyMemoryBytesPerTenantMax(), keyPart, alone),
        inferencePart,
        perTenant(limits.inferenceBytesPerTenantMax(), inferencePart, alone));
  }

  /** The division in one line. */
  public String text() {
    return String.format(
        "at most %d MiB: Java heap %d, encoded weights %d, keys %d (%d a tenant), inferences %d (%d"
            + " a tenant), engine %d, reserve %d",
        totalBytes >> 20,
        heapBytes >> 20,
        weightBytes >> 20,
        keyBytes >> 20,
        keyBytesPerTenant >> 20,
        inferenceBytes >> 20,
        inferenceBytesPerTenant >> 20,
        engineBytes >> 20,
        reserveBytes >> 20);
  }

  /** A tenant's share, so that none can take all from the others. */
  private static long perTenant(long given, long part, boolean alone) {
    return given > 0 ? Math.min(given, part) : alone ? part : part / 2;
  }
}
