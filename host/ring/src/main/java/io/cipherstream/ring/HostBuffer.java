package io.cipherstream.ring;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer in the host's memory, outside the Java heap, at an address that does not change. Its
 * memory is given back when it is closed and no program uses it any more.
 */
public final class HostBuffer implements LimbBuffer {

  /** Gives the memory back once it is no longer used; null if it is someone else's. */
  interface OnFree {
    void freed(HostBuffer buffer, @Nullable ByteBuf memory);
  }

  private final HostEngine owner;
  private final ByteBuffer words;
  private final @Nullable ByteBuf memory;
  private final long address;
  private final OnFree onFree;
  private int users;
  private boolean closed;

  /**
   * @param words the buffer's bytes, direct, from position 0 to the limit
   * @param memory what to give back in the end, or null if the memory is someone else's
   */
  HostBuffer(
      HostEngine owner, ByteBuffer words, @Nullable ByteBuf memory, long address, OnFree onFree) {
    this.owner = owner;
    this.words = words.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.memory = memory;
    this.address = address;
    this.onFree = onFree;
  }

  @Override
  public long words() {
    return words.limit() / Long.BYTES;
  }

  /** Native address of the first word; valid while the buffer is open or a program uses it. */
  public long address() {
    return address;
  }

  /** Whether programs may write to it: false for adopted memory that is read-only. */
  boolean writable() {
    return !words.isReadOnly();
  }

  @Override
  public long engineBytes() {
    return memory == null ? 0 : words() * Long.BYTES;
  }

  HostEngine owner() {
    return owner;
  }

  /** The bytes from a word on, of that many words. */
  ByteBuffer bytes(long word, long count) {
    return words
        .slice(Math.toIntExact(word * Long.BYTES), Math.toIntExact(count * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The words from a word on; reads and writes outside them throw. */
  LongBuffer view(long word, long count) {
    return bytes(word, count).asLongBuffer();
  }

  /**
   * Keeps the memory until {@link #release}.
   *
   * @throws IllegalStateException if the buffer is closed
   */
  synchronized void acquire() {
    if (closed) {
      throw new IllegalStateException(
          "buffer of " + words() + " words of engine " + owner.name() + " is closed");
    }
    users++;
  }

  void release() {
    boolean last;
    synchronized (this) {
      users--;
      last = closed && users == 0;
    }
    if (last) {
      free();
    }
  }

  @Override
  public void close() {
    boolean last;
    synchronized (this) {
      last = !closed && users == 0;
      closed = true;
    }
    if (last) {
      free();
    }
  }

  private void free() {
    onFree.freed(this, memory);
  }

  @Override
  public String toString() {
    return "buffer of " + words() + " words of engine " + owner.name();
  }
}
