package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ring.CrossCheckedEngine;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.HostEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import java.nio.ByteBuffer;

/** Brings encoded weights to the engine, chunk by chunk; engines in host memory read them there. */
final class DeviceWeights {

  private final CkksParameters parameters;
  private final LimbEngine engine;
  private final Residents residents;

  DeviceWeights(CkksParameters parameters, Residents residents) {
    this.parameters = parameters;
    this.engine = residents.engine();
    this.residents = residents;
  }

  /**
   * Encoded plaintexts of this parameter set that are given for enough limbs.
   *
   * @throws CkksException of kind SHAPE otherwise, or for a period below a line of words
   */
  EncodedPeriodicPlaintexts own(String operation, PeriodicPlaintexts w, int limbs) {
    if (!(w instanceof EncodedPeriodicPlaintexts rows) || !rows.parameters().equals(parameters)) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": periodic plaintexts of another engine or parameter set, expected encoded ones of "
              + parameters);
    }
    if (rows.limbs() < limbs) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": plaintext of "
              + rows.limbs()
              + " limbs, expected at least the ciphertext's "
              + limbs);
    }
    if (rows.period() < DescriptorLayout.LINE_WORDS) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": period "
              + rows.period()
              + ", limb programs want at least "
              + DescriptorLayout.LINE_WORDS);
    }
    return rows;
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
