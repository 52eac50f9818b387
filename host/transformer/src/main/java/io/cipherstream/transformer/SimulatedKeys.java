package io.cipherstream.transformer;

import io.cipherstream.ckks.EvaluationKeys;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keys of the simulation: they record which steps are used at which limbs. */
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
  public synchronized OptionalInt rotationLimbs(int step) {
    Integer limbs = rotations.get(step);
    return limbs == null ? OptionalInt.empty() : OptionalInt.of(limbs);
  }

  @Override
  public synchronized OptionalInt relinearizationLimbs() {
    return relinearization == 0 ? OptionalInt.empty() : OptionalInt.of(relinearization);
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void close() {}
}
