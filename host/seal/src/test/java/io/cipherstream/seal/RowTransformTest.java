package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.PeriodicEncoders;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transforms of rows on all vector kernels, against whole numbers and against Java. */
@Tag("native")
class RowTransformTest {

  /** Primes of 50, 48 and 29 bits. */
  private static final CkksParameters SET = CkksParameters.N8192_SEALED;

  private static final LimbRing RING = SET.ring();
  private static final long NUMBER_MAX = 1L << 50;

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64, 512, 8192})
  void wordsAreValuesOfThePolynomial(int size) {
    SplittableRandom random = random();
    long[] numbers = new long[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i % 7 == 0 ? NUMBER_MAX - 2 * NUMBER_MAX * (i % 2) : small(random);
    }
    int[] moduli = {RING.moduli().size() - 1, 0, 1};
    for (Kernels kernels : Kernels.available()) {
      try (SealEngine engine = new SealEngine(RING, Long.MAX_VALUE, null, 1, kernels)) {
        ByteBuffer words = direct(moduli.length * (size / 2));
        boolean done = engine.transform(moduli, numbers, size / 2, words);
        assertThat(done).as(engine.name()).isEqualTo(kernels != Kernels.PORTABLE);
        for (int m = 0; done && m < moduli.length; m++) {
          for (int k : new int[] {0, 1, 5, size / 4 + 2, size / 2 - 1}) {
            assertThat(words.getLong(8 * (m * (size / 2) + k)))
                .as("%s, modulus %d, word %d", engine.name(), moduli[m], k)
                .isEqualTo(value(moduli[m], numbers, k));
          }
        }
      }
    }
  }

  private static long small(SplittableRandom random) {
    return random.nextLong(-NUMBER_MAX, NUMBER_MAX) >> random.nextInt(50);
  }

  private static long value(int modulus, long[] numbers, int k) {
    Modulus q = RING.modulus(modulus);
    int size = numbers.length;
    int bits = Integer.numberOfTrailingZeros(size);
    int exponent = 2 * (Integer.reverse(k) >>> (32 - bits)) + 1;
    long x = q.power(RING.root(modulus), (long) exponent * (RING.degree() / size));
    BigInteger sum = BigInteger.ZERO;
    long power = 1;
    for (long number : numbers) {
      sum = sum.add(BigInteger.valueOf(number).multiply(BigInteger.valueOf(power)));
      power = q.multiply(power, x);
    }
    return sum.mod(BigInteger.valueOf(q.value())).longValueExact();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 128, 4096})
  void encodedRowsAreJavas(int period) {
    SplittableRandom random = random();
    double[][] rows = new double[2][];
    Arrays.setAll(rows, r -> random.doubles(2L * period, -3, 3).toArray());
    double[][] real =
        Arrays.stream(rows).map(row -> Arrays.copyOf(row, period)).toArray(double[][]::new);
    PeriodicEncoders java = new PeriodicEncoders(SET);
    for (Kernels kernels : Kernels.available()) {
      try (SealEngine engine = new SealEngine(RING, Long.MAX_VALUE, null, 1, kernels)) {
        PeriodicEncoders own = new PeriodicEncoders(SET, engine);
        for (double scale :
            new double[] {Math.scalb(1.0, 25), Math.scalb(1.0, 46), Math.scalb(1.0, 70)}) {
          same(own.encode(real, 3, scale), java.encode(real, 3, scale));
          if (period > 1) {
            same(own.encodeComplex(rows, 3, scale), java.encodeComplex(rows, 3, scale));
          }
        }
      }
    }
  }

  private static void same(EncodedPeriodicPlaintexts a, EncodedPeriodicPlaintexts b) {
    try (a;
        b) {
      for (int row = 0; row < 2; row++) {
        assertThat(a.row(row)).isEqualTo(b.row(row));
      }
    }
  }

  @Test
  void numbersBeyondTheKernelsAreLeftAlone() {
    try (LimbEngine engine = new SealEngine(RING)) {
      ByteBuffer words = direct(16);
      long[] numbers = new long[16];
      numbers[3] = -NUMBER_MAX - 1;
      assertThat(engine.transform(new int[] {0}, numbers, 16, words)).isFalse();
      assertThat(words).isEqualTo(direct(16));
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    try (LimbEngine engine = new SealEngine(RING)) {
      refused(engine, new int[] {0}, 17, 16, direct(16));
      refused(engine, new int[] {0}, 2 * RING.degree(), 16, direct(16));
      refused(engine, new int[] {0}, 16, 17, direct(17));
      refused(engine, new int[] {0}, 16, 16, direct(15));
      refused(engine, new int[] {0}, 16, 16, ByteBuffer.allocate(128));
      refused(engine, new int[] {-1}, 16, 16, direct(16));
      refused(engine, new int[] {RING.moduli().size()}, 16, 16, direct(16));
    }
  }

  private static void refused(
      LimbEngine engine, int[] moduli, int size, int kept, ByteBuffer words) {
    assertThatThrownBy(() -> engine.transform(moduli, new long[size], kept, words))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PROGRAM));
  }

  private static ByteBuffer direct(int words) {
    return ByteBuffer.allocateDirect(Long.BYTES * words).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static SplittableRandom random() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    return new SplittableRandom(seed);
  }
}
