package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import io.cipherstream.ckks.Plaintext;
import java.util.List;

/** Plaintexts of the simulation: the slot values themselves. */
final class SimulatedPlaintexts {

  private SimulatedPlaintexts() {}

  /** A dense plaintext of real slots. */
  record Dense(int limbs, double scale, SlotVector slots) implements Plaintext {
    @Override
    public void close() {}
  }

  /** A matrix of exact numbers; {@code values} is empty when only shapes are traced. */
  record Matrix(int rows, int columns, double scale, List<double[]> values) implements PlainMatrix {
    static Matrix shape(int rows, int columns, double scale) {
      return new Matrix(rows, columns, scale, List.of());
    }

    @Override
    public long bytes() {
      return (long) rows * columns * Integer.BYTES;
    }

    @Override
    public void close() {}
  }

  /** An array of periodic plaintexts; {@code rows} is empty when only shapes are traced. */
  record Periodic(
      int count, int period, boolean complex, int limbs, double scale, List<SlotVector> rows)
      implements PeriodicPlaintexts {
    @Override
    public long bytes() {
      return (long) count * (complex ? 2 * period : period) * limbs * Long.BYTES;
    }

    @Override
    public void close() {}
  }
}
