package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ring.LimbEngine;

/** Brings encoded weights to the engine, chunk by chunk; engines in host memory read them there. */
final class DeviceWeights {

  private final LimbEngine engine;
  private final Residents residents;

  DeviceWeights(Residents residents) {
    this.engine = residents.engine();
    this.residents = residents;
  }

  /** Chunk c of the array. */
  Residents.Lease chunk(EncodedPeriodicPlaintexts w, int c) {
    return residents.acquire(w, c, w::onClose, () -> engine.adopt(w.chunk(c)));
  }

  /** Chunk and row within it of row r. */
  static int chunkOf(EncodedPeriodicPlaintexts w, int row) {
    return row / w.rowsPerChunk();
  }

  /** First word of row r within its chunk. */
  static long wordOf(EncodedPeriodicPlaintexts w, int row) {
    return (long) (row % w.rowsPerChunk()) * w.rowBytes() / Long.BYTES;
  }
}
