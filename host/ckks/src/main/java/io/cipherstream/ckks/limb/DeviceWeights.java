package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ring.CrossCheckedEngine;
import io.cipherstream.ring.HostEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import java.nio.ByteBuffer;

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
    return residents.acquire(w, c, w::onClose, () -> resident(w.chunk(c)));
  }

  /** Chunk and row within it of row r. */
  static int chunkOf(EncodedPeriodicPlaintexts w, int row) {
    return row / w.rowsPerChunk();
  }

  /** First word of row r within its chunk. */
  static long wordOf(EncodedPeriodicPlaintexts w, int row) {
    return (long) (row % w.rowsPerChunk()) * w.rowBytes() / Long.BYTES;
  }

  private LimbBuffer resident(ByteBuffer words) {
    LimbEngine owner = engine instanceof CrossCheckedEngine checked ? checked.primary() : engine;
    if (owner instanceof HostEngine host) {
      return host.wrap(words);
    }
    LimbBuffer buffer = engine.allocate(words.remaining() / Long.BYTES);
    try {
      engine.upload(words, buffer, 0);
      return buffer;
    } catch (RuntimeException | Error e) {
      buffer.close();
      throw e;
    }
  }
}
