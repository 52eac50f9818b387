package io.cipherstream.seal;

import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Native addresses of periodic rows; keeps their buffers reachable as long as it is. */
final class PeriodicRows {

  private final EncodedPeriodicPlaintexts rows;
  private final @Nullable ByteBuffer[] chunks;
  private final long[] bases;

  PeriodicRows(EncodedPeriodicPlaintexts rows) {
    this.rows = rows;
    int count = rows.chunkCount();
    this.chunks = new ByteBuffer[count];
    this.bases = new long[count];
  }

  long address(int index) {
    int c = index / rows.rowsPerChunk();
    if (chunks[c] == null) {
      ByteBuffer chunk = rows.chunk(c);
      chunks[c] = chunk;
      bases[c] = new BytePointer(chunk).address();
    }
    return bases[c] + (long) (index % rows.rowsPerChunk()) * rows.rowBytes();
  }
}
