package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic modulo q against java.math.BigInteger. */
class ModulusTest {

  private static final int ROUNDS = 20_000;

  @ParameterizedTest
  @ValueSource(
      longs = {3, 17, 274877153281L, 1125899906826241L, 1099510054913L, 2305843009213693951L})
  void arithmeticEqualsBigInteger(long value) {
    long seed = System.nanoTime();
    System.out.println("ModulusTest seed " + seed + " modulus " + value);
    SplittableRandom random = new SplittableRandom(seed);
    Modulus q = new Modulus(value);
    BigInteger big = BigInteger.valueOf(value);
    long[] edges = {0, 1, value - 1};
    for (int i = 0; i < ROUNDS; i++) {
      long a = i < 9 ? edges[i / 3] : random.nextLong(value);
      long b = i < 9 ? edges[i % 3] : random.nextLong(value);
      BigInteger x = BigInteger.valueOf(a);
      BigInteger y = BigInteger.valueOf(b);
      assertThat(q.multiply(a, b)).isEqualTo(x.multiply(y).mod(big).longValueExact());
      assertThat(q.add(a, b)).isEqualTo(x.add(y).mod(big).longValueExact());
      assertThat(q.subtract(a, b)).isEqualTo(x.subtract(y).mod(big).longValueExact());
      assertThat(q.negate(a)).isEqualTo(x.negate().mod(big).longValueExact());
      long any = random.nextLong();
      assertThat(q.reduceSigned(any)).isEqualTo(BigInteger.valueOf(any).mod(big).longValueExact());
      long high = random.nextLong(value);
      assertThat(q.reduce(high, any))
          .isEqualTo(
              BigInteger.valueOf(high)
                  .shiftLeft(64)
                  .add(new BigInteger(Long.toUnsignedString(any)))
                  .mod(big)
                  .longValueExact());
      if (a != 0) {
        assertThat(q.multiply(a, q.inverse(a))).isEqualTo(1 % value);
      }
      assertThat(q.power(a, i)).isEqualTo(x.modPow(BigInteger.valueOf(i), big).longValueExact());
    }
  }

  @Test
  void theRootIsPrimitiveAndTheSmallest() {
    Modulus q = new Modulus(12289);
    for (int order : new int[] {2, 4, 64, 4096}) {
      long root = q.smallestPrimitiveRoot(order);
      assertThat(q.power(root, order)).isEqualTo(1);
      assertThat(q.power(root, order / 2)).isEqualTo(q.value() - 1);
      for (long smaller = 1; smaller < root; smaller++) {
        boolean primitive = q.power(smaller, order / 2) == q.value() - 1;
        assertThat(primitive).as("%d of order %d", smaller, order).isFalse();
      }
    }
  }

  @Test
  void whatIsNotAnOddPrimeOfTheRightSizeIsRefused() {
    for (long bad : new long[] {-7, 0, 1, 2, 9, 1L << 61, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> new Modulus(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(bad));
    }
    assertThatThrownBy(() -> new Modulus(17).inverse(0)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Modulus(17).smallestPrimitiveRoot(32))
        .hasMessageContaining("expected a power of two that divides 16");
  }
}
