package io.cipherstream.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ring.Modulus;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast encoder against the defining sums. */
class PeriodicEncoderTest {

  private static final CkksParameters SET = CkksParameters.N8192;

  @ParameterizedTest
  @CsvSource({"1,30", "2,30", "4,14", "16,38", "128,30", "512,20"})
  void wordsAreValuesOfTheRoundedPolynomialAtSealsRoots(int period, int scaleBits) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    double[][] rows = new double[3][];
    Arrays.setAll(rows, r -> new Random(seed + r).doubles(period, -3, 3).toArray());
    double scale = Math.scalb(1.0, scaleBits);
    try (EncodedPeriodicPlaintexts w = new PeriodicEncoder(SET, period).encode(rows, 3, scale)) {
      assertThat(w.bytes()).isEqualTo(3L * 3 * period * 8);
      for (int r = 0; r < rows.length; r++) {
        long[] coefficients = coefficients(rows[r], scale);
        LongBuffer words = w.row(r).asLongBuffer();
        for (int limb = 0; limb < 3; limb++) {
          for (int k : new int[] {0, period / 2, period - 1}) {
            assertThat(words.get(limb * period + k))
                .isEqualTo(valueAt(SET.dataPrime(limb), coefficients, k))
                .isEqualTo(valueAt(SET.dataPrime(limb), coefficients, 2 * period - 1 - k));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2,30", "4,14", "16,38", "128,30", "512,20"})
  void complexSlotsTakeAllWordsOfThePolynomial(int period, int scaleBits) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("test.seed=" + seed);
    double[][] rows = new double[3][];
    Arrays.setAll(rows, r -> new Random(seed + r).doubles(2 * period, -3, 3).toArray());
    double scale = Math.scalb(1.0, scaleBits);
    try (EncodedPeriodicPlaintexts w =
        new PeriodicEncoder(SET, period).encodeComplex(rows, 3, scale)) {
      assertThat(w.bytes()).isEqualTo(3L * 3 * 2 * period * 8);
      for (int r = 0; r < rows.length; r++) {
        long[] coefficients =
            coefficients(
                Arrays.copyOf(rows[r], period),
                Arrays.copyOfRange(rows[r], period, 2 * period),
                scale);
        LongBuffer words = w.row(r).asLongBuffer();
        for (int limb = 0; limb < 3; limb++) {
          for (int k : new int[] {0, period / 2, period, 2 * period - 1}) {
            assertThat(words.get(limb * 2 * period + k))
                .isEqualTo(valueAt(SET.dataPrime(limb), coefficients, k));
          }
        }
      }
    }
  }

  @Test
  void complexRowsOfOddLengthOrPeriodOneAreRefused() {
    PeriodicEncoders encoders = new PeriodicEncoders(SET);
    for (int length : new int[] {1, 2, 5}) {
      assertThatThrownBy(() -> encoders.encodeComplex(new double[1][length], 1, 0x1p20))
          .isInstanceOf(CkksException.class)
          .hasMessageContaining("complex rows of " + length + " values, expected");
    }
  }

  private static long[] coefficients(double[] row, double scale) {
    return coefficients(row, new double[row.length], scale);
  }

  /** All 2F coefficients of p, by the cosine and sine sum over the slots' own roots. */
  private static long[] coefficients(double[] re, double[] im, double scale) {
    int period = re.length;
    long[] result = new long[2 * period];
    for (int j = 0; j < result.length; j++) {
      double sum = 0;
      int exponent = 1;
      for (int i = 0; i < period; i++) {
        double angle = Math.PI * ((long) exponent * j % (4 * period)) / (2 * period);
        sum += re[i] * Math.cos(angle) + im[i] * Math.sin(angle);
        exponent = exponent * 3 % (4 * period);
      }
      result[j] = Math.round(sum * scale / period);
    }
    return result;
  }

  /** p(ψ₂F^(2·bitrev(k)+1)), word k of the transform of size 2F. */
  private static long valueAt(Modulus q, long[] coefficients, int k) {
    int size = coefficients.length;
    int bits = Integer.numberOfTrailingZeros(size);
    int reversed = Integer.reverse(k) >>> (32 - bits);
    long psi = q.power(q.smallestPrimitiveRoot(2 * SET.degree()), SET.degree() / size);
    long root = q.power(psi, 2L * reversed + 1);
    long value = 0;
    for (int j = size - 1; j >= 0; j--) {
      value = q.add(q.multiply(value, root), q.reduceSigned(coefficients[j]));
    }
    return value;
  }

  /** 2⁶⁰ fits a word; 2⁷⁰ is rounded at a smaller scale and multiplied up modulo each prime. */
  @ParameterizedTest
  @CsvSource({"40", "50"})
  void coefficientsAboveThePrimeAreReduced(int scaleBits) {
    double[][] rows = {{0x1p20}, {-0x1p20}};
    double scale = Math.scalb(1.0, scaleBits);
    try (EncodedPeriodicPlaintexts w = new PeriodicEncoder(SET, 1).encode(rows, 3, scale)) {
      for (int limb = 0; limb < 3; limb++) {
        Modulus q = SET.dataPrime(limb);
        long expected = q.power(2, 20 + scaleBits);
        assertThat(w.row(0).asLongBuffer().get(limb)).isEqualTo(expected);
        assertThat(w.row(1).asLongBuffer().get(limb)).isEqualTo(q.value() - expected);
      }
    }
  }

  @Test
  void rowsSpreadOverSeveralChunks() {
    int period = SET.slots();
    double[][] rows = new double[2 + EncodedPeriodicPlaintexts.CHUNK_BYTES_MAX / (period * 8)][];
    Arrays.setAll(
        rows,
        r -> {
          double[] row = new double[period];
          Arrays.fill(row, r);
          return row;
        });
    try (EncodedPeriodicPlaintexts w = new PeriodicEncoder(SET, period).encode(rows, 1, 4)) {
      assertThat(w.chunkCount()).isEqualTo(2);
      for (int r : new int[] {0, w.rowsPerChunk() - 1, w.rowsPerChunk(), rows.length - 1}) {
        LongBuffer words = w.row(r).asLongBuffer();
        assertThat(words.get(0)).isEqualTo(4L * r);
        assertThat(words.get(period - 1)).isEqualTo(4L * r);
      }
    }
  }

  @Test
  void refusesWhatItCannotEncode() {
    PeriodicEncoder encoder = new PeriodicEncoder(SET, 2);
    rejected(Kind.SHAPE, () -> new PeriodicEncoder(SET, 3));
    rejected(Kind.SHAPE, () -> new PeriodicEncoder(SET, 0));
    rejected(Kind.SHAPE, () -> new PeriodicEncoder(SET, 2 * SET.slots()));
    rejected(Kind.SHAPE, () -> encoder.encode(new double[][] {{1}}, 1, 2));
    rejected(Kind.SHAPE, () -> encoder.encode(new double[][] {{1, 2}}, 5, 2));
    rejected(Kind.SCALE, () -> encoder.encode(new double[][] {{1, 2}}, 1, Double.NaN));
    rejected(Kind.VALUE, () -> encoder.encode(new double[][] {{1, Double.NaN}}, 1, 2));
    rejected(Kind.VALUE, () -> encoder.encode(new double[][] {{1, -0x1p50}}, 1, 2));
    rejected(Kind.VALUE, () -> encoder.encode(new double[][] {{1, 0x1p163}}, 4, 2));
  }

  @Test
  void closedPlaintextsRefuse() {
    EncodedPeriodicPlaintexts w = new PeriodicEncoder(SET, 2).encode(new double[][] {{1, 2}}, 1, 2);
    w.close();
    assertThat(w.bytes()).isZero();
    assertThatThrownBy(() -> w.row(0)).isInstanceOf(IllegalStateException.class);
  }

  private static void rejected(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CkksException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
