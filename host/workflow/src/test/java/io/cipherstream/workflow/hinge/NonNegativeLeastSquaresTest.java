package io.cipherstream.workflow.hinge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Expected values: scipy.optimize.nnls of SciPy 1.17.1 on the same numbers, November 2026. */
class NonNegativeLeastSquaresTest {

  /** ANSI C's generator, as the Python script drew: values −1 to 1 in thousandths. */
  private static final class Draw {
    private long state;

    Draw(long seed) {
      state = seed;
    }

    double next() {
      state = (state * 1103515245 + 12345) % (1L << 31);
      return (state >> 16) % 2001 / 1000.0 - 1;
    }

    double[] row(int length) {
      double[] row = new double[length];
      for (int j = 0; j < length; j++) {
        row[j] = next();
      }
      return row;
    }
  }

  private static double[][] matrix(Draw draw, int rows, int columns) {
    double[][] a = new double[rows][];
    for (int i = 0; i < rows; i++) {
      a[i] = draw.row(columns);
    }
    return a;
  }

  @Test
  void sixByThreeAsSciPy() {
    Draw draw = new Draw(5);
    double[][] a = matrix(draw, 6, 3);
    assertThat(NonNegativeLeastSquares.solve(a, draw.row(6)))
        .containsExactly(new double[] {1.0818424147656638, 0.9069208676626005, 0}, within(1e-12));
  }

  @Test
  void twelveByEightAsSciPy() {
    Draw draw = new Draw(6);
    double[][] a = matrix(draw, 12, 8);
    assertThat(NonNegativeLeastSquares.solve(a, draw.row(12)))
        .containsExactly(
            new double[] {
              0, 0, 0.7023399492893557, 0, 0, 0.2416990899871088, 0, 0.3016458303711884
            },
            within(1e-12));
  }

  /**
   * x solves it if and only if x ≥ 0, the residual falls along no column, and along none in use.
   */
  @Test
  void everySolutionMeetsTheOptimalityConditions() {
    long seed = new Random().nextLong();
    System.out.println("non-negative least squares seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int columns = 1 + random.nextInt(12);
      int rows = columns + random.nextInt(20);
      double[][] a = new double[rows][columns];
      double[] b = new double[rows];
      for (int i = 0; i < rows; i++) {
        b[i] = random.nextGaussian();
        for (int j = 0; j < columns; j++) {
          a[i][j] = random.nextGaussian();
        }
      }
      double[] x = NonNegativeLeastSquares.solve(a, b);
      for (int j = 0; j < columns; j++) {
        double fall = 0;
        for (int i = 0; i < rows; i++) {
          double residual = b[i];
          for (int k = 0; k < columns; k++) {
            residual -= a[i][k] * x[k];
          }
          fall += a[i][j] * residual;
        }
        String at = "seed " + seed + " round " + round + " column " + j;
        assertThat(x[j]).as(at).isGreaterThanOrEqualTo(0);
        assertThat(fall).as(at).isLessThan(1e-9);
        assertThat(fall * x[j]).as(at).isCloseTo(0, within(1e-8));
      }
    }
  }

  @Test
  void equalColumnsAndNothingToGain() {
    double[] x =
        NonNegativeLeastSquares.solve(
            new double[][] {{1, 1}, {2, 2}, {3, 3}}, new double[] {2, 4, 6});
    assertThat(x[0] + x[1]).isCloseTo(2, within(1e-12));
    assertThat(NonNegativeLeastSquares.solve(new double[][] {{1}, {1}}, new double[] {-1, -2}))
        .containsExactly(0);
    assertThatThrownBy(
            () -> NonNegativeLeastSquares.solve(new double[][] {{1, 0}, {1, 0}}, new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column 1 has length 0");
    assertThatThrownBy(() -> NonNegativeLeastSquares.solve(new double[][] {{1, 2}}, new double[1]))
        .hasMessageContaining("no fewer than columns");
  }
}
