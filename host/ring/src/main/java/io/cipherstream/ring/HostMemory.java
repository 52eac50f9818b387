package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a {@link HostEngine}: buffers, adopted memory and a pool of scratch blocks, under
 * one limit, what is kept for reuse included. Blocks begin at addresses that are multiples of a
 * line. Safe for concurrent use.
 */
final class HostMemory {

  private static final int LINE_BYTES = DescriptorLayout.LINE_WORDS * Long.BYTES;

  /** Longest block: what a direct buffer can hold, in whole lines. */
  static final long BLOCK_BYTES_MAX = (Integer.MAX_VALUE / LINE_BYTES - 1) * (long) LINE_BYTES;

  /** Most scratch blocks kept for later programs, and most bytes of them unless it is one. */
  private static final int IDLE_SCRATCH_MAX = 8;

  static final long IDLE_SCRATCH_BYTES_MAX = 64L << 20;

  /** The same for each coefficient of a larger ring. */
  private static final long IDLE_SCRATCH_BYTES_PER_DEGREE = 20 << 10;

  private final HostEngine owner;
  private final long bytesMax;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong liveBytes = new AtomicLong();
  private final Set<HostBuffer> live = ConcurrentHashMap.newKeySet();
  private final SpareBlocks spare;
  private final long idleScratchBytesMax;

  /** In the order in which they came back. */
  private final List<HostBuffer> idleScratch = new ArrayList<>();

  private long idleScratchBytes;

  HostMemory(HostEngine owner, long bytesMax) {
    this.owner = owner;
    this.bytesMax = bytesMax;
    int degree = owner.ring().degree();
    this.spare = new SpareBlocks(degree);
    this.idleScratchBytesMax =
        Math.max(IDLE_SCRATCH_BYTES_MAX, IDLE_SCRATCH_BYTES_PER_DEGREE * degree);
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

  /** Bytes of buffers, scratch and what is kept for reuse. */
  long reservedBytes() {
    return reserved.get();
  }

  HostBuffer allocate(long words) {
    return track(block(words, "a buffer", this::forget));
  }

  HostBuffer adopt(ByteBuffer words, Runnable unread) {
    ByteBuf wrapped = Unpooled.wrappedBuffer(words.slice());
    return track(
        new HostBuffer(
            owner,
            words,
            null,
            wrapped.memoryAddress(),
            (buffer, memory) -> {
              forget(buffer, memory);
              unread.run();
            }));
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
        idleScratchBytes -= best.words() * Long.BYTES;
        return best;
      }
    }
    return block(words, "scratch memory", (b, memory) -> release(memory));
  }

  /** Back into the pool, which drops what was used longest ago if it has too much. */
  void giveScratch(HostBuffer block) {
    List<HostBuffer> drop = new ArrayList<>();
    synchronized (idleScratch) {
      idleScratch.add(block);
      idleScratchBytes += block.words() * Long.BYTES;
      while (idleScratch.size() > IDLE_SCRATCH_MAX
          || (idleScratch.size() > 1 && idleScratchBytes > idleScratchBytesMax)) {
        HostBuffer oldest = idleScratch.remove(0);
        idleScratchBytes -= oldest.words() * Long.BYTES;
        drop.add(oldest);
      }
    }
    drop.forEach(HostBuffer::close);
  }

  /** Frees everything; no program runs any more. */
  void close() {
    List.copyOf(live).forEach(HostBuffer::close);
    spare.close().forEach(this::release);
    dropIdle();
  }

  /** Gives up what is kept for reuse; whether there was any. */
  private boolean dropIdle() {
    List<ByteBuf> spares = spare.takeAll();
    spares.forEach(this::release);
    List<HostBuffer> drop;
    synchronized (idleScratch) {
      drop = List.copyOf(idleScratch);
      idleScratch.clear();
      idleScratchBytes = 0;
    }
    drop.forEach(HostBuffer::close);
    return !drop.isEmpty() || !spares.isEmpty();
  }

  private HostBuffer track(HostBuffer buffer) {
    live.add(buffer);
    liveBytes.addAndGet(buffer.words() * Long.BYTES);
    return buffer;
  }

  private void forget(HostBuffer buffer, @Nullable ByteBuf memory) {
    if (live.remove(buffer)) {
      liveBytes.addAndGet(-buffer.words() * Long.BYTES);
    }
    if (memory != null) {
      spare.give(memory).forEach(this::release);
    }
  }

  private void release(@Nullable ByteBuf memory) {
    if (memory != null) {
      reserved.addAndGet(LINE_BYTES - memory.capacity());
      memory.release();
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
    int bytes = Math.toIntExact(words * Long.BYTES);
    ByteBuf memory = spare.take(bytes + LINE_BYTES);
    if (memory == null) {
      memory = fresh(bytes, what);
    }
    int skip = (int) ((LINE_BYTES - memory.memoryAddress() % LINE_BYTES) % LINE_BYTES);
    return new HostBuffer(
        owner, memory.nioBuffer(skip, bytes), memory, memory.memoryAddress() + skip, onFree);
  }

  /** Memory from the system, without an allocator's chunks: what is reused is kept here. */
  private ByteBuf fresh(int bytes, String what) {
    while (!reserve(bytes)) {
      if (!dropIdle()) {
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
    while (true) {
      try {
        return UnpooledByteBufAllocator.DEFAULT.directBuffer(
            bytes + LINE_BYTES, bytes + LINE_BYTES);
      } catch (OutOfMemoryError e) {
        if (!dropIdle()) {
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
      }
    }
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
