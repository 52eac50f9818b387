package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory of freed buffers, kept for the next one of the same size: a loop that allocates one
 * ciphertext after the other would have the system map and clear its pages each time. What was
 * freed longest ago goes first. Safe for concurrent use.
 */
final class SpareBlocks {

  /** Most bytes kept. */
  static final long BYTES_MAX = 96L << 20;

  /** Longest block kept. */
  static final int BLOCK_BYTES_MAX = 16 << 20;

  /** Most blocks kept, as they are searched one by one. */
  static final int BLOCKS_MAX = 64;

  private final Deque<ByteBuf> newestFirst = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  /** A block of exactly that capacity, if there is one; it belongs to the caller. */
  synchronized @Nullable ByteBuf take(int capacity) {
    for (Iterator<ByteBuf> all = newestFirst.iterator(); all.hasNext(); ) {
      ByteBuf block = all.next();
      if (block.capacity() == capacity) {
        all.remove();
        bytes -= capacity;
        return block;
      }
    }
    return null;
  }

  /** Keeps a block; returns those that the caller is to release instead, perhaps this one. */
  synchronized List<ByteBuf> give(ByteBuf block) {
    if (closed || block.capacity() > BLOCK_BYTES_MAX) {
      return List.of(block);
    }
    newestFirst.addFirst(block);
    bytes += block.capacity();
    List<ByteBuf> out = new ArrayList<>();
    while (bytes > BYTES_MAX || newestFirst.size() > BLOCKS_MAX) {
      ByteBuf oldest = newestFirst.removeLast();
      bytes -= oldest.capacity();
      out.add(oldest);
    }
    return out;
  }

  /** Everything, for the caller to release. */
  synchronized List<ByteBuf> takeAll() {
    List<ByteBuf> out = List.copyOf(newestFirst);
    newestFirst.clear();
    bytes = 0;
    return out;
  }

  /** The same; nothing is kept from now on. */
  synchronized List<ByteBuf> close() {
    closed = true;
    return takeAll();
  }
}
