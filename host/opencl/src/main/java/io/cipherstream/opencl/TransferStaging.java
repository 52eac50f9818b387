package io.cipherstream.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/** Small direct buffers for the data of each submission. Not thread-safe. */
final class TransferStaging {

  private static final int BYTES = 4096;
  private static final int KEPT_MAX = 64;

  private final Deque<ByteBuffer> kept = new ArrayDeque<>();

  /** A zeroed little-endian buffer of that many words, limit set. */
  ByteBuffer take(int words) {
    int bytes = Math.multiplyExact(words, Long.BYTES);
    ByteBuffer reused = bytes <= BYTES ? kept.poll() : null;
    if (reused == null) {
      return ByteBuffer.allocateDirect(Math.max(bytes, BYTES))
          .order(ByteOrder.LITTLE_ENDIAN)
          .limit(bytes);
    }
    reused.clear().limit(bytes);
    for (int at = 0; at < bytes; at += Long.BYTES) {
      reused.putLong(at, 0);
    }
    return reused;
  }

  void give(ByteBuffer buffer) {
    if (buffer.capacity() == BYTES && kept.size() < KEPT_MAX) {
      kept.add(buffer);
    }
  }
}
