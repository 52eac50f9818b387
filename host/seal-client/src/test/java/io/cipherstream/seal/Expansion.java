package io.cipherstream.seal;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Writes a periodic plaintext out to all N words a limb. */
final class Expansion {

  private Expansion() {}

  static ByteBuffer full(
      CkksParameters parameters, EncodedPeriodicPlaintexts w, int row, int limbs) {
    int n = parameters.degree();
    int words = w.limbWords();
    LongBuffer stored = w.row(row).asLongBuffer();
    ByteBuffer full =
        ByteBuffer.allocateDirect(limbs * n * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int limb = 0; limb < limbs; limb++) {
      for (int k = 0; k < n; k++) {
        full.putLong(stored.get(limb * words + w.repeat().index(k, n)));
      }
    }
    return full.flip();
  }
}
