package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;

/** Plaintexts of the simulation: the slot values themselves. */
final class SimulatedPlaintexts {

  private SimulatedPlaintexts() {}

  /** A dense plaintext. */
  record Dense(int limbs, double scale, double[] slots) implements Plaintext {
    @Override
    public void close() {}
  }

  /** An array of periodic plaintexts; {@code rows} is empty when only shapes are traced. */
  record Periodic(int count, int period, int limbs, double scale, double[][] rows)
      implements PeriodicPlaintexts {
    @Override
    public long bytes() {
      return (long) count * period * limbs * Long.BYTES;
    }

    @Override
    public void close() {}
  }
}
