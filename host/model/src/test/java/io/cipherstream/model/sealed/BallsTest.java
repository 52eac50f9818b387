package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Radii and intervals against exact decimal arithmetic. */
class BallsTest {

  @Test
  void exactProductsLieWithinTheirRadii() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    double[][] a = values(random, 5, 33);
    double[][] b = values(random, 33, 7);
    double[][] c = values(random, 7, 4);
    Balls product = Balls.exact(a).times(Balls.exact(b)).times(Balls.exact(c));
    BigDecimal[][] exact = times(times(exact(a), exact(b)), exact(c));
    BigDecimal[][] sizes = times(times(sizes(a), sizes(b)), sizes(c));
    for (int i = 0; i < exact.length; i++) {
      for (int j = 0; j < exact[i].length; j++) {
        BigDecimal away = exact[i][j].subtract(new BigDecimal(product.middle(i, j))).abs();
        assertThat(away).isLessThanOrEqualTo(new BigDecimal(product.radius(i, j)));
        // (33 + 2) + (7 + 2) units of the sum of all terms' sizes, and the little it is raised by.
        assertThat(product.radius(i, j)).isLessThan(44.001 * 0x1p-53 * sizes[i][j].doubleValue());
        Interval interval = product.interval(i, j);
        assertThat(exact[i][j])
            .isBetween(new BigDecimal(interval.low()), new BigDecimal(interval.high()));
      }
    }
  }

  @Test
  void intervalsHoldSumsProductsAndSquares() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      Interval x = Interval.around(random.nextGaussian(), random.nextDouble());
      Interval y = Interval.around(random.nextGaussian(), random.nextDouble());
      double a = inside(random, x);
      double b = inside(random, y);
      BigDecimal ea = new BigDecimal(a);
      BigDecimal eb = new BigDecimal(b);
      holds(x.plus(y), ea.add(eb));
      holds(x.times(y), ea.multiply(eb));
      holds(x.square(), ea.multiply(ea));
      assertThat(x.withZero().low()).isLessThanOrEqualTo(0);
      assertThat(x.largest()).isGreaterThanOrEqualTo(Math.abs(a));
    }
  }

  private static double inside(Random random, Interval x) {
    double share = random.nextInt(3) == 0 ? random.nextInt(2) : random.nextDouble();
    return Math.max(x.low(), Math.min(x.high(), x.low() + share * (x.high() - x.low())));
  }

  private static void holds(Interval interval, BigDecimal exact) {
    assertThat(exact).isBetween(new BigDecimal(interval.low()), new BigDecimal(interval.high()));
  }

  private static double[][] values(Random random, int rows, int columns) {
    double[][] out = new double[rows][columns];
    for (double[] row : out) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian() * Math.pow(2, random.nextInt(12) - 6);
      }
    }
    return out;
  }

  private static BigDecimal[][] exact(double[][] a) {
    BigDecimal[][] out = new BigDecimal[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[i].length; j++) {
        out[i][j] = new BigDecimal(a[i][j]);
      }
    }
    return out;
  }

  private static BigDecimal[][] sizes(double[][] a) {
    BigDecimal[][] out = exact(a);
    for (BigDecimal[] row : out) {
      Arrays.setAll(row, j -> row[j].abs());
    }
    return out;
  }

  private static BigDecimal[][] times(BigDecimal[][] a, BigDecimal[][] b) {
    BigDecimal[][] out = new BigDecimal[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int k = 0; k < b.length; k++) {
          sum = sum.add(a[i][k].multiply(b[k][j]));
        }
        out[i][j] = sum;
      }
    }
    return out;
  }
}
