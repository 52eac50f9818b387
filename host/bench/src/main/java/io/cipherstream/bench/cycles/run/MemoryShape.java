package io.cipherstream.bench.cycles.run;

/**
 * A device's memory as a core sees it.
 *
 * @param latencyCycles from a burst's address to its first beat, and from its last beat to the
 *     answer
 * @param bytesPerCycle what all ports together move in a cycle
 */
record MemoryShape(int latencyCycles, double bytesPerCycle) {

  MemoryShape {
    if (latencyCycles < 0 || !(bytesPerCycle > 0)) {
      throw new IllegalArgumentException(
          "memory of latency "
              + latencyCycles
              + " and "
              + bytesPerCycle
              + " bytes a cycle: expected at least 0 and more than 0");
    }
  }
}
