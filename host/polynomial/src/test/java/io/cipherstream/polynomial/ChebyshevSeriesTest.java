package io.cipherstream.polynomial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Series against exact arithmetic, and against errors that are known. */
class ChebyshevSeriesTest {

  /** Tₙ by its recurrence in exact decimals. */
  private static BigDecimal chebyshev(int n, BigDecimal u) {
    BigDecimal before = BigDecimal.ONE;
    BigDecimal here = n == 0 ? BigDecimal.ONE : u;
    for (int k = 2; k <= n; k++) {
      BigDecimal next = u.multiply(here).multiply(BigDecimal.valueOf(2)).subtract(before);
      before = here;
      here = next;
    }
    return here;
  }

  @Test
  void valuesAreThoseOfExactArithmetic() {
    long seed = System.nanoTime();
    System.out.println("ChebyshevSeriesTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int trial = 0; trial < 50; trial++) {
      double[] coefficients = random.doubles(1 + random.nextInt(16), -2, 2).toArray();
      double u = random.nextInt(-64, 65) / 64.0;
      BigDecimal exact = BigDecimal.ZERO;
      for (int n = 0; n < coefficients.length; n++) {
        exact =
            exact.add(chebyshev(n, new BigDecimal(u)).multiply(new BigDecimal(coefficients[n])));
      }
      ChebyshevSeries series = new ChebyshevSeries(new Domain(2, 6), coefficients);
      assertThat(series.applyAsDouble(4 + 2 * u)).isCloseTo(exact.doubleValue(), within(1e-12));
      double[] products = ProductBasis.fromChebyshev(coefficients);
      double[] basis = ProductBasis.values(u, coefficients.length - 1);
      double sum = 0;
      for (int n = 0; n < products.length; n++) {
        sum += products[n] * basis[n];
      }
      assertThat(sum).isCloseTo(exact.doubleValue(), within(1e-12));
    }
  }

  @Test
  void aPolynomialIsItsOwnSeries() {
    ChebyshevSeries series = ChebyshevSeries.of(x -> x * x * x - x, new Domain(-3, 1), 3);
    assertThat(series.largestError(x -> x * x * x - x)).isLessThan(1e-12);
    assertThat(series.degree()).isEqualTo(3);
  }

  /** The best polynomial of even degree d for |x| is off by 0.28…/d (Bernstein's constant). */
  @Test
  void anErrorIsCloseToTheLeastThereIs() {
    ChebyshevSeries series = ChebyshevSeries.of(Math::abs, Domain.UNIT, 16);
    double least = 0.2801694990 / 16;
    assertThat(series.largestError(Math::abs)).isBetween(least, 3 * least);
  }

  @Test
  void depthsAreTheLeast() {
    assertThat(ProductBasis.depth(1)).isZero();
    assertThat(ProductBasis.depth(2)).isEqualTo(1);
    assertThat(ProductBasis.depth(4)).isEqualTo(2);
    assertThat(ProductBasis.depth(5)).isEqualTo(3);
    assertThat(ProductBasis.depth(15)).isEqualTo(4);
    assertThat(ProductBasis.depth(16)).isEqualTo(4);
  }

  @Test
  void anIntervalHasAnInside() {
    assertThatThrownBy(() -> new Domain(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1.0 to 1.0");
    assertThat(new Domain(-1, 3).widened(1.5)).isEqualTo(new Domain(-2, 4));
  }
}
