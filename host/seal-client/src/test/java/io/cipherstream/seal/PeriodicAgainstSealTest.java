package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.PeriodicEncoder;
import io.cipherstream.ring.Modulus;
import io.cipherstream.seal.client.References;
import io.cipherstream.seal.client.SealClient;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Periodic encoding against SEAL's encoder on the whole vector. */
@Tag("native")
class PeriodicAgainstSealTest {

  @ParameterizedTest
  @CsvSource({"1,20", "2,30", "64,30", "128,40", "256,14", "4096,40"})
  void coefficientsDifferByAtMostOneFromSeal(int period, int scaleBits) {
    compare(CkksParameters.N8192, period, scaleBits);
  }

  @ParameterizedTest
  @CsvSource({"2,30", "4,20", "64,30", "128,40", "256,14", "4096,40"})
  void soDoThoseOfComplexSlots(int period, int scaleBits) {
    compareComplex(CkksParameters.N8192, period, scaleBits);
  }

  @Test
  void largerRingsToo() {
    compare(CkksParameters.N16384, 128, 30);
    compareComplex(CkksParameters.N16384, 128, 30);
  }

  @Test
  void sealChoosesThePrimesOfTheParameterSets() {
    for (CkksParameters set :
        Stream.concat(Stream.of(CkksParameters.N4096), CkksParameters.SETS.stream()).toList()) {
      int[] bits = new int[set.dataLimbs() + 1];
      for (int i = 0; i < set.dataLimbs(); i++) {
        bits[i] = set.dataPrime(i).bits();
      }
      bits[set.dataLimbs()] = set.specialPrime().bits();
      long[] expected = References.primes(set.degree(), bits);
      for (int i = 0; i < set.dataLimbs(); i++) {
        assertThat(set.dataPrime(i).value()).isEqualTo(expected[i]);
      }
      assertThat(set.specialPrime().value()).isEqualTo(expected[set.dataLimbs()]);
    }
  }

  private static void compare(CkksParameters set, int period, int scaleBits) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    double[] row = new Random(seed).doubles(period, -2, 2).toArray();
    double[] slots = new double[set.slots()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = row[i % period];
    }
    double scale = Math.scalb(1.0, scaleBits);
    differAtMostByOne(
        set, slots, new PeriodicEncoder(set, period).encode(new double[][] {row}, 2, scale));
  }

  private static void compareComplex(CkksParameters set, int period, int scaleBits) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    double[] row = new Random(seed).doubles(2 * period, -2, 2).toArray();
    double[] slots = new double[set.degree()];
    for (int i = 0; i < set.slots(); i++) {
      slots[i] = row[i % period];
      slots[set.slots() + i] = row[period + i % period];
    }
    double scale = Math.scalb(1.0, scaleBits);
    differAtMostByOne(
        set, slots, new PeriodicEncoder(set, period).encodeComplex(new double[][] {row}, 2, scale));
  }

  /** Compares and closes. */
  private static void differAtMostByOne(
      CkksParameters set, double[] slots, EncodedPeriodicPlaintexts encoded) {
    double scale = encoded.scale();
    try (SealClient client = SealClient.generate(set);
        EncodedPeriodicPlaintexts w = encoded) {
      LongBuffer seal = References.encode(client, slots, 2, scale).asLongBuffer();
      LongBuffer ours = Expansion.full(set, w, 0, 2).asLongBuffer();
      int n = set.degree();
      for (int limb = 0; limb < 2; limb++) {
        Modulus q = set.dataPrime(limb);
        long[] difference = new long[n];
        for (int k = 0; k < n; k++) {
          difference[k] = q.subtract(seal.get(limb * n + k), ours.get(limb * n + k));
        }
        long[] coefficients = inverseTransform(q, difference);
        long largest =
            Arrays.stream(coefficients).map(c -> Math.min(c, q.value() - c)).max().orElseThrow();
        assertThat(largest).isLessThanOrEqualTo(1);
      }
    }
  }

  /** cⱼ = N⁻¹ Σₖ p̂[k] ψ^(−(2·bitrev(k)+1)j), by splitting even and odd exponents' halves. */
  private static long[] inverseTransform(Modulus q, long[] words) {
    int n = words.length;
    int bits = Integer.numberOfTrailingZeros(n);
    long psiInverse = q.inverse(q.smallestPrimitiveRoot(2 * n));
    long[] values = new long[n];
    for (int k = 0; k < n; k++) {
      values[Integer.reverse(k) >>> (32 - bits)] = words[k];
    }
    long[] sums = cyclic(q, values, q.multiply(psiInverse, psiInverse));
    long factor = q.inverse(n);
    for (int j = 0; j < n; j++) {
      sums[j] = q.multiply(sums[j], factor);
      factor = q.multiply(factor, psiInverse);
    }
    return sums;
  }

  /** Σᵢ a[i]·root^(ij), the textbook recursion. */
  private static long[] cyclic(Modulus q, long[] a, long root) {
    int n = a.length;
    if (n == 1) {
      return a;
    }
    long[] even = new long[n / 2];
    long[] odd = new long[n / 2];
    for (int i = 0; i < n / 2; i++) {
      even[i] = a[2 * i];
      odd[i] = a[2 * i + 1];
    }
    long square = q.multiply(root, root);
    even = cyclic(q, even, square);
    odd = cyclic(q, odd, square);
    long[] result = new long[n];
    long power = 1;
    for (int j = 0; j < n / 2; j++) {
      long t = q.multiply(power, odd[j]);
      result[j] = q.add(even[j], t);
      result[j + n / 2] = q.subtract(even[j], t);
      power = q.multiply(power, root);
    }
    return result;
  }
}
