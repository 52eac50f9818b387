package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What answers alone tell of a CQ, the example of SECURITY.md: who may encrypt any vectors sends
 * weights 0 and a mean of 0, so that only [CLS]' own term answers, which is quadratic in one row of
 * {@code width} features. One row of its second derivatives takes 2·width + 1 answers, all of them
 * (width + 1)·(width + 2)/2.
 */
@Tag("slow")
class AnswersTellIT {

  private static final double NOISE = 0x1p-8;

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private int asked;

  @Test
  void oneRowOfSecondDerivativesTakesTwoAnswersAFeature() throws Exception {
    MergedEncoder model = MergedEncoder.of(PrototypeModel.read("CQadv").encoder());
    double[][] linear = model.hidden().offsets().get(WindowMixing.REACH);
    double[] factors = model.squares()[model.row(0, model.heads())];
    int width = linear[0].length;
    double[] exact = new double[width];
    for (int n = 0; n < factors.length; n++) {
      for (int j = 0; j < width; j++) {
        exact[j] += 2 * factors[n] * linear[n][0] * linear[n][j];
      }
    }
    double small = error(model, width, 1, exact);
    double large = error(model, width, 256, exact);
    System.out.printf(
        "AnswersTellIT seed %d: %d answers a row of %d; error over size %.2g at values of 1,"
            + " %.2g at 256%n",
        seed, asked / 2, width, small, large);
    assertThat(asked / 2).isEqualTo(2 * width + 1);
    assertThat(small).as("of rows no larger than a text's, seed %d", seed).isGreaterThan(0.03);
    assertThat(large).as("of rows that no text has, seed %d", seed).isLessThan(1e-3);
  }

  /** The error of row 0 as it is found with vectors of that size, over the row's own size. */
  private double error(MergedEncoder model, int width, double size, double[] exact) {
    double nothing = answer(model, new double[width]);
    double[] alone = new double[width];
    for (int j = 0; j < width; j++) {
      alone[j] = answer(model, unit(width, size, j, -1));
    }
    double difference = 0;
    double whole = 0;
    for (int j = 0; j < width; j++) {
      double both = answer(model, unit(width, size, 0, j));
      double found = (both - alone[0] - alone[j] + nothing) / (size * size);
      difference += (found - exact[j]) * (found - exact[j]);
      whole += exact[j] * exact[j];
    }
    return Math.sqrt(difference / whole);
  }

  private static double[] unit(int width, double size, int first, int second) {
    double[] x = new double[width];
    x[first] += size;
    if (second >= 0) {
      x[second] += size;
    }
    return x;
  }

  /** The own term of the first row alone, which is what a request with weights 0 is answered. */
  private double answer(MergedEncoder model, double[] x) {
    asked++;
    int row = model.row(0, model.heads());
    double sum = model.constants()[0] + model.values().constant()[row];
    sum += dot(model.values().offsets().get(WindowMixing.REACH)[row], x);
    for (int n = 0; n < model.hidden().rows(); n++) {
      double h =
          model.hidden().constant()[n]
              + dot(model.hidden().offsets().get(WindowMixing.REACH)[n], x);
      sum += model.squares()[row][n] * h * h;
    }
    return sum + NOISE * random.nextGaussian();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
