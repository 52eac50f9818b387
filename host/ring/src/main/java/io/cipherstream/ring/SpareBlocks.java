package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory of freed buffers, kept for the next one of about the same size: a loop that allocates one
 * ciphertext after the other would have the system map and clear its pages each time. What was
 * freed longest ago goes first. Safe for concurrent use.
 */
final class SpareBlocks {

  /** Most bytes kept, in a small ring; else {@value #BYTES_PER_DEGREE} for each coefficient. */
  static final long BYTES_MAX = 32L << 20;

  private static final long BYTES_PER_DEGREE = 6 << 10;

  /** Longest block kept. */
  static final int BLOCK_BYTES_MAX = 16 << 20;

  /** Most blocks kept, as they are searched one by one. */
  static final int BLOCKS_MAX = 64;

  private final List<ByteBuf> oldestFirst = new ArrayList<>();
  private final long bytesMax;
  private long bytes;
  private boolean closed;

  /**
   * @param degree N of the ring, whose limbs the buffers hold
   */
  SpareBlocks(int degree) {
    this.bytesMax = Math.max(BYTES_MAX, BYTES_PER_DEGREE * degree);
  }

  /**
   * The smallest block of at least that capacity and at most an eighth more, if there is one; it
   * belongs to the caller.
   */
  synchronized @Nullable ByteBuf take(int capacity) {
    int best = -1;
    for (int i = oldestFirst.size() - 1; i >= 0; i--) {
      int spare = oldestFirst.get(i).capacity() - capacity;
      if (spare >= 0
          && spare <= capacity / 8
          && (best < 0 || oldestFirst.get(i).capacity() < oldestFirst.get(best).capacity())) {
        best = i;
      }
    }
    return best < 0 ? null : removed(best);
  }

  private ByteBuf removed(int index) {
    ByteBuf block = oldestFirst.remove(index);
    bytes -= block.capacity();
    return block;
  }

  /** Keeps a block; returns those that the caller is to release instead, perhaps this one. */
  synchronized List<ByteBuf> give(ByteBuf block) {
    if (closed || block.capacity() > BLOCK_BYTES_MAX) {
      return List.of(block);
    }
    oldestFirst.add(block);
    bytes += block.capacity();
    List<ByteBuf> out = new ArrayList<>();
    while (bytes > bytesMax || oldestFirst.size() > BLOCKS_MAX) {
      out.add(removed(0));
    }
    return out;
  }

  /** Everything, for the caller to release. */
  synchronized List<ByteBuf> takeAll() {
    List<ByteBuf> out = List.copyOf(oldestFirst);
    oldestFirst.clear();
    bytes = 0;
    return out;
  }

  /** The same; nothing is kept from now on. */
  synchronized List<ByteBuf> close() {
    closed = true;
    return takeAll();
  }
}
