package io.cipherstream.transformer;

import java.util.Map;
import java.util.TreeMap;

/** How often each operation runs at each number of limbs. Safe for concurrent use. */
public final class OperationCounts {

  /** Operations that cost the appliance time. */
  public enum Operation {
    ROTATE,
    RELINEARIZE,
    RESCALE,
    /** One term of a sum of ciphertext × periodic plaintext products. */
    PLAIN_PRODUCT,
    /** One term of a sum of ciphertext × ciphertext products. */
    PRODUCT,
    ADD,
    ENCODE
  }

  private final Map<Operation, TreeMap<Integer, Long>> counts = new TreeMap<>();

  synchronized void add(Operation operation, int limbs, long times) {
    counts.computeIfAbsent(operation, o -> new TreeMap<>()).merge(limbs, times, Long::sum);
  }

  /** Times an operation runs at a number of limbs. */
  public synchronized long of(Operation operation, int limbs) {
    return counts.getOrDefault(operation, new TreeMap<>()).getOrDefault(limbs, 0L);
  }

  /** Times an operation runs at any number of limbs. */
  public synchronized long total(Operation operation) {
    return counts.getOrDefault(operation, new TreeMap<>()).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** A copy: operation → limbs → times. */
  public synchronized Map<Operation, Map<Integer, Long>> toMap() {
    Map<Operation, Map<Integer, Long>> copy = new TreeMap<>();
    counts.forEach((operation, byLimbs) -> copy.put(operation, new TreeMap<>(byLimbs)));
    return copy;
  }
}
