package io.cipherstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Pooled memory with one owner: whoever holds this object frees it, and nothing else can.
 *
 * <p>A pool hands a freed {@link ByteBuf} to its next user as the same object with a fresh count,
 * so neither a count above zero nor the object itself says whose memory it is. Here {@link #close}
 * and {@link #take} go by this object's own state: the memory is given back once, however often
 * they are called. What {@link #bytes} returns cannot free anything. Only this class counts
 * references; a test of the module order holds that.
 *
 * <p>Thread-safe as to ownership; the bytes themselves are for one thread at a time. The owner
 * closes only when nobody reads what {@link #bytes} returned any more.
 */
public final class OwnedBuffer implements AutoCloseable {

  private final AtomicReference<@Nullable ByteBuf> held;

  private OwnedBuffer(ByteBuf buffer) {
    this.held = new AtomicReference<>(buffer);
  }

  /** Direct memory of exactly {@code bytes}, with nothing written yet. */
  public static OwnedBuffer direct(ByteBufAllocator alloc, int bytes) {
    return direct(alloc, bytes, bytes);
  }

  /** Direct memory that grows from {@code bytes} to at most {@code bytesMax}. */
  public static OwnedBuffer direct(ByteBufAllocator alloc, int bytes, int bytesMax) {
    return new OwnedBuffer(alloc.directBuffer(bytes, bytesMax));
  }

  /** Several buffers behind one another, without a copy; all of them are empty afterwards. */
  public static OwnedBuffer joined(ByteBufAllocator alloc, Iterable<OwnedBuffer> parts) {
    var all = alloc.compositeDirectBuffer(Integer.MAX_VALUE);
    OwnedBuffer joined = new OwnedBuffer(all);
    try {
      parts.forEach(part -> all.addComponent(true, part.give()));
      return joined;
    } catch (RuntimeException | Error e) {
      joined.close();
      throw e;
    }
  }

  /**
   * The bytes, to read and to write while this object owns them. Releasing what is returned does
   * nothing.
   *
   * @throws IllegalStateException if the memory was handed on or given back
   */
  public ByteBuf bytes() {
    ByteBuf buffer = held.get();
    if (buffer == null) {
      throw gone();
    }
    return Unpooled.unreleasableBuffer(buffer);
  }

  /** Bytes that can be read. */
  public int length() {
    return bytes().readableBytes();
  }

  /**
   * Moves the memory to a new owner; this object is empty afterwards.
   *
   * @throws IllegalStateException if it was handed on or given back before
   */
  public OwnedBuffer take() {
    return new OwnedBuffer(give());
  }

  /** Gives the memory back if this object still owns it. */
  @Override
  public void close() {
    ByteBuf buffer = held.getAndSet(null);
    if (buffer != null) {
      buffer.release();
    }
  }

  private ByteBuf give() {
    ByteBuf buffer = held.getAndSet(null);
    if (buffer == null) {
      throw gone();
    }
    return buffer;
  }

  private static IllegalStateException gone() {
    return new IllegalStateException("the buffer was handed on or given back");
  }
}
