package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Where the encoded constants of a model come from, real rows or shapes alone for a trace, and
 * their owner: they are closed with it. Safe for concurrent use.
 */
final class PlainSource implements AutoCloseable {

  private interface Encoder {
    PeriodicPlaintexts encode(
        int count, int period, IntFunction<double[]> rows, int limbs, double scale);
  }

  private final Encoder encoder;
  private final int period;
  private final Scope made;
  private final AtomicLong bytes;

  private PlainSource(Encoder encoder, int period, Scope made, AtomicLong bytes) {
    this.encoder = encoder;
    this.period = period;
    this.made = made;
    this.bytes = bytes;
  }

  /** Encodes real values, whose rows have any period. */
  static PlainSource of(CkksEvaluator evaluator) {
    Encoder encoder =
        (count, period, rows, limbs, scale) -> {
          double[][] values = new double[count][];
          for (int i = 0; i < count; i++) {
            values[i] = rows.apply(i);
          }
          return evaluator.encodePeriodic(values, limbs, scale);
        };
    return new PlainSource(encoder, 0, new Scope(), new AtomicLong());
  }

  /**
   * Shapes alone: the rows are never asked for.
   *
   * @param period of all of them
   */
  static PlainSource shapes(SimulatedArithmetic arithmetic, int period) {
    Encoder encoder =
        (count, length, rows, limbs, scale) -> arithmetic.shapesOnly(count, length, limbs, scale);
    return new PlainSource(encoder, period, new Scope(), new AtomicLong());
  }

  /** The same source, and owner, of rows with another period. */
  PlainSource withPeriod(int other) {
    return new PlainSource(encoder, other, made, bytes);
  }

  /** {@code count} periodic plaintexts, row i given by {@code rows}. */
  PeriodicPlaintexts encode(int count, IntFunction<double[]> rows, int limbs, double scale) {
    PeriodicPlaintexts encoded = made.add(encoder.encode(count, period, rows, limbs, scale));
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
