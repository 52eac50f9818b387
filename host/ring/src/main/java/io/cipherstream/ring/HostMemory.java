package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a {@link HostEngine}: buffers, wrapped memory and a pool of scratch blocks, under
 * one limit. Blocks begin at addresses that are multiples of a line. Safe for concurrent use.
 */
final class HostMemory {

  private static final int LINE_BYTES = DescriptorLayout.LINE_WORDS * Long.BYTES;

  /** Longest block: what a direct buffer can hold, in whole lines. */
  static final long BLOCK_BYTES_MAX = (Integer.MAX_VALUE / LINE_BYTES - 1) * (long) LINE_BYTES;

  /** Most scratch blocks kept for later programs. */
  private static final int IDLE_SCRATCH_MAX = 8;

  private final HostEngine owner;
  private final long bytesMax;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong liveBytes = new AtomicLong();
  private final Set<HostBuffer> live = ConcurrentHashMap.newKeySet();
  private final List<HostBuffer> idleScratch = new ArrayList<>();

  HostMemory(HostEngine owner, long bytesMax) {
    this.owner = owner;
    this.bytesMax = bytesMax;
  }

  long bytesMax() {
    return bytesMax;
  }

  long liveBuffers() {
    return live.size();
  }

  long liveBytes() {
    return liveBytes.get();
  }

  HostBuffer allocate(long words) {
    return track(block(words, "a buffer", this::forget));
  }

  HostBuffer wrap(ByteBuffer words) {
    ByteBuf wrapped = Unpooled.wrappedBuffer(words.slice());
    return track(new HostBuffer(owner, words, null, wrapped.memoryAddress(), this::forget));
  }

  /** A block of at least that many words, from the pool if one there is neither short nor huge. */
  HostBuffer takeScratch(long words) {
    synchronized (idleScratch) {
      @Nullable HostBuffer best = null;
      for (HostBuffer b : idleScratch) {
        if (b.words() >= words && (best == null || b.words() < best.words())) {
          best = b;
        }
      }
      if (best != null && best.words() / 4 <= words) {
        idleScratch.remove(best);
        return best;
      }
    }
    return block(words, "scratch memory", b -> reserved.addAndGet(-b.words() * Long.BYTES));
  }

  /** Back into the pool, which drops its smallest block if it has too many. */
  void giveScratch(HostBuffer block) {
    HostBuffer drop = null;
    synchronized (idleScratch) {
      idleScratch.add(block);
      if (idleScratch.size() > IDLE_SCRATCH_MAX) {
        drop = Collections.min(idleScratch, Comparator.comparingLong(HostBuffer::words));
        idleScratch.remove(drop);
      }
    }
    if (drop != null) {
      drop.close();
    }
  }

  /** Frees everything; no program runs any more. */
  void close() {
    List.copyOf(live).forEach(HostBuffer::close);
    dropIdleScratch();
  }

  private boolean dropIdleScratch() {
    List<HostBuffer> drop;
    synchronized (idleScratch) {
      drop = List.copyOf(idleScratch);
      idleScratch.clear();
    }
    drop.forEach(HostBuffer::close);
    return !drop.isEmpty();
  }

  private HostBuffer track(HostBuffer buffer) {
    live.add(buffer);
    liveBytes.addAndGet(buffer.words() * Long.BYTES);
    return buffer;
  }

  private void forget(HostBuffer buffer) {
    if (live.remove(buffer)) {
      long bytes = buffer.words() * Long.BYTES;
      liveBytes.addAndGet(-bytes);
      if (!buffer.wrapped()) {
        reserved.addAndGet(-bytes);
      }
    }
  }

  private HostBuffer block(long words, String what, HostBuffer.OnFree onFree) {
    if (words > BLOCK_BYTES_MAX / Long.BYTES) {
      throw new EngineException(
          EngineException.Kind.MEMORY,
          what
              + " of "
              + words
              + " words: one block holds at most "
              + BLOCK_BYTES_MAX / Long.BYTES
              + "; use several buffers");
    }
    long bytes = words * Long.BYTES;
    while (!reserve(bytes)) {
      if (!dropIdleScratch()) {
        throw new EngineException(
            EngineException.Kind.MEMORY,
            what
                + " of "
                + bytes
                + " bytes: engine "
                + owner.name()
                + " has "
                + reserved.get()
                + " of its "
                + bytesMax
                + " bytes in use; close buffers or raise the limit");
      }
    }
    ByteBuf memory;
    try {
      memory =
          PooledByteBufAllocator.DEFAULT.directBuffer(
              Math.toIntExact(bytes + LINE_BYTES), Math.toIntExact(bytes + LINE_BYTES));
    } catch (OutOfMemoryError e) {
      reserved.addAndGet(-bytes);
      throw new EngineException(
          EngineException.Kind.MEMORY,
          what
              + " of "
              + bytes
              + " bytes: the Java process has no such direct memory left; raise"
              + " -XX:MaxDirectMemorySize or lower the engine's limit of "
              + bytesMax
              + " bytes",
          e);
    }
    int skip = (int) ((LINE_BYTES - memory.memoryAddress() % LINE_BYTES) % LINE_BYTES);
    return new HostBuffer(
        owner,
        memory.nioBuffer(skip, Math.toIntExact(bytes)),
        memory,
        memory.memoryAddress() + skip,
        onFree);
  }

  private boolean reserve(long bytes) {
    long before = reserved.get();
    while (before + bytes <= bytesMax) {
      if (reserved.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = reserved.get();
    }
    return false;
  }
}
