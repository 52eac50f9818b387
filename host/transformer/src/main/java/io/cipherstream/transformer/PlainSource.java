package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * The source and owner of a model's encoded constants: real rows, or only shapes for a trace.
 * Closing it closes them. Safe for concurrent use.
 */
final class PlainSource implements AutoCloseable {

  private interface Encoder {
    PeriodicPlaintexts encode(
        int count,
        int period,
        boolean complex,
        IntFunction<double[]> rows,
        int limbs,
        double scale);
  }

  private interface MatrixEncoder {
    PlainMatrix encode(int rows, int columns, IntFunction<double[]> values, double scale);
  }

  private final Encoder encoder;
  private final MatrixEncoder matrices;
  private final int period;
  private final Scope made;
  private final AtomicLong bytes;

  private PlainSource(
      Encoder encoder, MatrixEncoder matrices, int period, Scope made, AtomicLong bytes) {
    this.encoder = encoder;
    this.matrices = matrices;
    this.period = period;
    this.made = made;
    this.bytes = bytes;
  }

  /** Encodes values, whose rows have any period. */
  static PlainSource of(CkksEvaluator evaluator) {
    Encoder encoder =
        (count, period, complex, rows, limbs, scale) -> {
          double[][] values = new double[count][];
          for (int i = 0; i < count; i++) {
            values[i] = rows.apply(i);
          }
          return complex
              ? evaluator.encodePeriodicComplex(values, limbs, scale)
              : evaluator.encodePeriodic(values, limbs, scale);
        };
    return new PlainSource(encoder, evaluator::encodeMatrix, 0, new Scope(), new AtomicLong());
  }

  /**
   * Only shapes: the rows are never read.
   *
   * @param period of all of them
   */
  static PlainSource shapes(SimulatedArithmetic arithmetic, int period) {
    Encoder encoder =
        (count, length, complex, rows, limbs, scale) ->
            arithmetic.shapesOnly(count, length, complex, limbs, scale);
    return new PlainSource(
        encoder,
        (rows, columns, values, scale) -> SimulatedPlaintexts.Matrix.shape(rows, columns, scale),
        period,
        new Scope(),
        new AtomicLong());
  }

  /** The same source, and owner, of rows with another period. */
  PlainSource withPeriod(int other) {
    return new PlainSource(encoder, matrices, other, made, bytes);
  }

  /** {@code count} periodic plaintexts, row i given by {@code rows}. */
  PeriodicPlaintexts encode(int count, IntFunction<double[]> rows, int limbs, double scale) {
    return owned(encoder.encode(count, period, false, rows, limbs, scale));
  }

  /** The same of complex slots, a row being F real parts and then F imaginary ones. */
  PeriodicPlaintexts encodeComplex(int count, IntFunction<double[]> rows, int limbs, double scale) {
    return owned(encoder.encode(count, period, true, rows, limbs, scale));
  }

  /**
   * As {@link #encodeComplex}.
   *
   * @param complex false where all imaginary parts are 0: real rows take half the memory
   */
  PeriodicPlaintexts encodeParts(
      int count, boolean complex, IntFunction<double[]> rows, int limbs, double scale) {
    return complex
        ? encodeComplex(count, rows, limbs, scale)
        : encode(count, i -> realParts(rows.apply(i)), limbs, scale);
  }

  private static double[] realParts(double[] row) {
    return Arrays.copyOf(row, row.length / 2);
  }

  /** A real matrix, a row given by {@code values}, as whole numbers at a scale. */
  PlainMatrix encodeMatrix(int rows, int columns, IntFunction<double[]> values, double scale) {
    PlainMatrix encoded = made.add(matrices.encode(rows, columns, values, scale));
    bytes.addAndGet(encoded.bytes());
    return encoded;
  }

  private PeriodicPlaintexts owned(PeriodicPlaintexts encoded) {
    made.add(encoded);
    bytes.addAndGet(encoded.bytes());
    return encoded;
  }

  /** Off-heap bytes of all that was encoded. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() {
    made.close();
  }
}
