package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;

/** A plaintext: a periodic one with the longest period, N/2. */
record LimbPlaintext(EncodedPeriodicPlaintexts row) implements Plaintext {

  @Override
  public int limbs() {
    return row.limbs();
  }

  @Override
  public double scale() {
    return row.scale();
  }

  @Override
  public void close() {
    row.close();
  }
}
