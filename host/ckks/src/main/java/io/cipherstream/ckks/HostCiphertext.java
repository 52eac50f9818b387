package io.cipherstream.ckks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A ciphertext in the host's memory that belongs to no engine: what has come over the network, what
 * goes back, and what a fallback computes again from.
 *
 * <p>Its words {@code [poly][limb][coefficient]}, 64-bit little endian, are canonical, each below
 * its prime; whoever makes one vouches for that, so that nobody checks them twice. Memory is given
 * back by {@link #close}. Used by one thread at a time.
 */
public final class HostCiphertext implements AutoCloseable {

  /** Direct memory with what gives it back. */
  private record Memory(ByteBuffer words, Runnable free) {}

  private static final AtomicLong OPEN = new AtomicLong();

  private final CiphertextForm form;
  private final AtomicReference<@Nullable Memory> memory;

  /**
   * Takes words over without looking at them.
   *
   * @param words direct; canonical words of that form from its position to its limit
   * @param free called once, when the ciphertext is closed
   * @throws IllegalArgumentException if the buffer is not direct or has another length
   */
  public HostCiphertext(
      CkksParameters parameters, CiphertextForm form, ByteBuffer words, Runnable free) {
    if (!words.isDirect() || words.remaining() != bytes(parameters, form)) {
      throw new IllegalArgumentException(
          form
              + " in a "
              + (words.isDirect() ? "direct" : "heap")
              + " buffer of "
              + words.remaining()
              + " bytes, expected a direct one of "
              + bytes(parameters, form));
    }
    this.form = form;
    this.memory = new AtomicReference<>(new Memory(words, free));
    OPEN.incrementAndGet();
  }

  /** Memory of that form's size, without words yet; the caller fills {@link #words}. */
  public static HostCiphertext allocate(CkksParameters parameters, CiphertextForm form) {
    int bytes = bytes(parameters, form);
    ByteBuf memory = UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    return new HostCiphertext(parameters, form, memory.nioBuffer(0, bytes), memory::release);
  }

  /** Bytes of the words of a form. */
  public static int bytes(CkksParameters parameters, CiphertextForm form) {
    return Math.toIntExact(form.words(parameters) * Long.BYTES);
  }

  /** Ciphertexts of this class loader that are not yet closed. */
  public static long open() {
    return OPEN.get();
  }

  public CiphertextForm form() {
    return form;
  }

  /**
   * The words, little endian, from position 0 to the limit; a view of its own, valid until close.
   *
   * @throws IllegalStateException once closed
   */
  public ByteBuffer words() {
    Memory open = memory.get();
    if (open == null) {
      throw new IllegalStateException("the ciphertext is closed");
    }
    return open.words().slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    Memory open = memory.getAndSet(null);
    if (open != null) {
      OPEN.decrementAndGet();
      open.free().run();
    }
  }

  @Override
  public String toString() {
    return form.toString();
  }
}
