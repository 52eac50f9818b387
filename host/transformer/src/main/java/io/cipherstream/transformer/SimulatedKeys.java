package io.cipherstream.transformer;

import io.cipherstream.ckks.EvaluationKeys;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keys of the simulation: every key exists, and the steps used at each number of limbs are
 * recorded.
 */
final class SimulatedKeys implements EvaluationKeys {

  private final SortedMap<Integer, Integer> rotations = new TreeMap<>();
  private int relinearization;

  synchronized void rotated(int step, int limbs) {
    rotations.merge(step, limbs, Math::max);
  }

  synchronized void relinearized(int limbs) {
    relinearization = Math.max(relinearization, limbs);
  }

  synchronized SortedMap<Integer, Integer> rotations() {
    return new TreeMap<>(rotations);
  }

  synchronized int relinearization() {
    return relinearization;
  }

  @Override
  public OptionalInt rotationLimbs(int step) {
    return OptionalInt.of(Integer.MAX_VALUE);
  }

  @Override
  public OptionalInt relinearizationLimbs() {
    return OptionalInt.of(Integer.MAX_VALUE);
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void close() {}
}
