package io.cipherstream.ckks;

import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.RandomPrograms;
import java.util.Arrays;

/** Parameter sets over rings small enough for arithmetic by definition; they protect nothing. */
public final class SmallParameters {

  private SmallParameters() {}

  /** A set of random primes of those many bits. */
  public static CkksParameters of(long seed, int degree, int dataLimbs, int specials, int bits) {
    long[] primes =
        RandomPrograms.ring(seed, degree, dataLimbs + specials, bits).moduli().stream()
            .mapToLong(Modulus::value)
            .toArray();
    return CkksParameters.insecure(
        "small-" + dataLimbs + "-" + specials,
        degree,
        Arrays.copyOf(primes, dataLimbs),
        Arrays.copyOfRange(primes, dataLimbs, primes.length));
  }
}
