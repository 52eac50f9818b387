package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.Modulus;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The key-switching keys that a set of plans needs, and no others.
 *
 * @param rotationLimbs rotation step → most limbs it is used at
 * @param relinearizationLimbs most limbs a product is relinearised at
 */
public record KeyRequirements(SortedMap<Integer, Integer> rotationLimbs, int relinearizationLimbs) {

  public KeyRequirements {
    rotationLimbs = Collections.unmodifiableSortedMap(new TreeMap<>(rotationLimbs));
  }

  /** Everything that any of the plans needs. */
  public static KeyRequirements of(Collection<InferencePlan> plans) {
    return union(plans.stream().map(plan -> plan.agreed().keys()).toList());
  }

  /** Everything that any of several needs: each key with its most limbs. */
  public static KeyRequirements union(Collection<KeyRequirements> needs) {
    SortedMap<Integer, Integer> steps = new TreeMap<>();
    int relinearization = 0;
    for (KeyRequirements keys : needs) {
      keys.rotationLimbs().forEach((step, limbs) -> steps.merge(step, limbs, Math::max));
      relinearization = Math.max(relinearization, keys.relinearizationLimbs());
    }
    return new KeyRequirements(steps, relinearization);
  }

  /** Bytes of all keys as seeded, bit-packed payload. */
  public long payloadBytes(CkksParameters parameters) {
    long bytes = relinearizationLimbs == 0 ? 0 : keyBytes(parameters, relinearizationLimbs);
    for (int limbs : rotationLimbs.values()) {
      bytes += keyBytes(parameters, limbs);
    }
    return bytes;
  }

  /**
   * ⌈limbs/k⌉ digits of limbs + k bit-packed limbs each, k special primes; the other half is a seed
   * of 64 bytes.
   */
  static long keyBytes(CkksParameters parameters, int limbs) {
    long bits = parameters.specialPrimes().stream().mapToLong(Modulus::bits).sum();
    for (int i = 0; i < limbs; i++) {
      bits += parameters.dataPrime(i).bits();
    }
    return parameters.digits(limbs) * (bits * parameters.degree() / 8 + 64);
  }
}
