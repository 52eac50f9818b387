package io.cipherstream.seal;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Native addresses of periodic rows; keeps their buffers reachable as long as it is. */
final class PeriodicRows {

  private final String operation;
  private final EncodedPeriodicPlaintexts rows;
  private final @Nullable ByteBuffer[] chunks;
  private final long[] bases;

  private PeriodicRows(String operation, EncodedPeriodicPlaintexts rows) {
    this.operation = operation;
    this.rows = rows;
    int count = rows.chunkCount();
    this.chunks = new ByteBuffer[count];
    this.bases = new long[count];
  }

  static PeriodicRows of(String operation, CkksParameters parameters, PeriodicPlaintexts w) {
    if (w instanceof EncodedPeriodicPlaintexts encoded && encoded.parameters().equals(parameters)) {
      return new PeriodicRows(operation, encoded);
    }
    throw new CkksException(
        Kind.SHAPE,
        operation
            + ": periodic plaintexts of another engine or parameter set, expected encoded ones of "
            + parameters);
  }

  long address(int index) {
    if (index < 0 || index >= rows.count()) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": plaintext index " + index + ", expected 0 to " + (rows.count() - 1));
    }
    int c = index / rows.rowsPerChunk();
    if (chunks[c] == null) {
      ByteBuffer chunk = rows.chunk(c);
      chunks[c] = chunk;
      bases[c] = new BytePointer(chunk).address();
    }
    return bases[c] + (long) (index % rows.rowsPerChunk()) * rows.rowBytes();
  }
}
