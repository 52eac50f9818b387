package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.function.IntFunction;

/** Where the encoded constants of a model come from: real rows, or shapes alone for a trace. */
interface PlainSource {

  /** {@code count} periodic plaintexts, row i given by {@code rows}. */
  PeriodicPlaintexts encode(int count, IntFunction<double[]> rows, int limbs, double scale);

  /** Encodes real values. */
  static PlainSource of(CkksEvaluator evaluator) {
    return (count, rows, limbs, scale) -> {
      double[][] values = new double[count][];
      for (int i = 0; i < count; i++) {
        values[i] = rows.apply(i);
      }
      return evaluator.encodePeriodic(values, limbs, scale);
    };
  }

  /** Shapes alone: the rows are never asked for. */
  static PlainSource shapes(SimulatedArithmetic arithmetic, int period) {
    return (count, rows, limbs, scale) -> arithmetic.shapesOnly(count, period, limbs, scale);
  }
}
