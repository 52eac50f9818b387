package io.cipherstream.polynomial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Minimax errors against published ones, and the alternation that only the best polynomial has. */
class WeightedMinimaxTest {

  /** Errors for |x| on [−1, 1]: Varga and Carpenter, Constructive Approximation 1 (1985). */
  @ParameterizedTest
  @CsvSource({"2, 0.125", "4, 0.0676208920", "6, 0.0459247942", "8, 0.0346898420"})
  void theErrorsForTheAbsoluteValueAreTheKnownOnes(int degree, double error) {
    ChebyshevSeries best = WeightedMinimax.of(Math::abs, x -> 1, Domain.UNIT, degree);
    assertThat(best.largestError(Math::abs)).isCloseTo(error, offset(2e-4 * error));
  }

  /** ReLU is (x + |x|)/2, so its error is half as large, and grows with the interval. */
  @Test
  void reluIsHalfAnAbsoluteValue() {
    ChebyshevSeries best = WeightedMinimax.of(ActivationModule.RELU, x -> 1, new Domain(-3, 3), 4);
    assertThat(best.largestError(ActivationModule.RELU))
        .isCloseTo(3 * 0.0676208920 / 2, offset(3e-5));
  }

  /** The line through x with equal errors has slope (e − 1/e)/2, and errs by 0.2788. */
  @Test
  void theBestLineForExp() {
    ChebyshevSeries best = WeightedMinimax.of(Math::exp, x -> 1, Domain.UNIT, 1);
    assertThat(best.coefficients()[1]).isCloseTo((Math.E - 1 / Math.E) / 2, offset(1e-5));
    assertThat(best.largestError(Math::exp)).isCloseTo(0.2788, offset(1e-4));
  }

  @Test
  void aWeightMovesTheErrorToWhereItCountsLess() {
    ChebyshevSeries best =
        WeightedMinimax.of(
            ActivationModule.SOFTPLUS, x -> Math.abs(x) < 1 ? 10 : 1, new Domain(-6, 6), 4);
    double inside = 0;
    double outside = 0;
    for (double x = -6; x <= 6; x += 0.001) {
      double error = Math.abs(best.applyAsDouble(x) - ActivationModule.SOFTPLUS.applyAsDouble(x));
      if (Math.abs(x) < 0.99) {
        inside = Math.max(inside, error);
      } else if (Math.abs(x) > 1.01) {
        outside = Math.max(outside, error);
      }
    }
    assertThat(10 * inside).isLessThanOrEqualTo(1.001 * outside);
    assertThat(best.largestError(ActivationModule.SOFTPLUS))
        .isGreaterThan(
            WeightedMinimax.of(ActivationModule.SOFTPLUS, x -> 1, new Domain(-6, 6), 4)
                .largestError(ActivationModule.SOFTPLUS));
  }

  @Test
  void aWeightOfZeroIsRefused() {
    assertThatThrownBy(() -> WeightedMinimax.of(Math::abs, x -> 0, Domain.UNIT, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a weight above 0");
    assertThat(ActivationModule.named("Relu")).contains(ActivationModule.RELU);
    assertThat(ActivationModule.named("maxout")).isEmpty();
  }
}
