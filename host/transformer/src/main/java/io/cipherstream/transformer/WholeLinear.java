package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A matrix of mode hybrid where each feature has a ciphertext of its own: whole numbers times
 * ciphertexts, without rotations or encoded slots. The bias is a column that meets a ciphertext of
 * ones, and γ is a diagonal behind it that meets the residual, so that all is one product.
 *
 * @param inputs features that enter
 * @param matrix [W | b], or [W | b | diag γ]
 * @param ones 1 + i in every slot, at the scale of inputs
 */
record WholeLinear(int inputs, PlainMatrix matrix, PeriodicPlaintexts ones)
    implements HybridLinear {

  /** Period of the ones: a line of words, as limb programs want it. */
  private static final int ONES_PERIOD = 8;

  /**
   * Rounds a matrix.
   *
   * @param gamma factors of a residual, one an output; null where nothing is added
   */
  static WholeLinear encode(
      PlainSource source,
      int outputs,
      int inputs,
      LayerValues.Folded values,
      @Nullable IntToDoubleFunction gamma,
      Scales.LinearScale scale) {
    int columns = inputs + 1 + (gamma == null ? 0 : outputs);
    PlainMatrix matrix =
        source.encodeMatrix(
            outputs,
            columns,
            r -> {
              double[] row = new double[columns];
              for (int c = 0; c < inputs; c++) {
                row[c] = values.matrix().at(r, c);
              }
              row[inputs] = values.bias().applyAsDouble(r);
              if (gamma != null) {
                row[inputs + 1 + r] = gamma.applyAsDouble(r);
              }
              return row;
            },
            scale.weight());
    double[] ones = new double[2 * ONES_PERIOD];
    Arrays.fill(ones, 1);
    return new WholeLinear(
        inputs,
        matrix,
        source.withPeriod(ONES_PERIOD).encodeComplex(1, i -> ones, 1, scale.input()));
  }

  @Override
  public List<Ciphertext> apply(
      StepContext ctx, List<Ciphertext> input, @Nullable List<Ciphertext> residual) {
    try (StepContext s = ctx.open()) {
      Ciphertext nothing = s.subtract(input.get(0), input.get(0));
      List<Ciphertext> operands = new ArrayList<>(input);
      operands.add(s.addPlain(nothing, ones, 0));
      if (residual != null) {
        operands.addAll(residual);
      }
      return s.keep(s.matrixProduct(operands, matrix));
    }
  }
}
