package io.cipherstream.server;

import io.cipherstream.ckks.Ciphertext;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Words without an engine: c₀ as it came, and zeros for c₁. Counts those that are open. */
final class LoopbackCiphertext implements Ciphertext {

  static final AtomicInteger OPEN = new AtomicInteger();

  private final int limbs;
  private final double scale;
  private final ByteBuffer c0;
  private final AtomicBoolean closed = new AtomicBoolean();

  LoopbackCiphertext(int limbs, double scale, ByteBuffer c0) {
    this.limbs = limbs;
    this.scale = scale;
    this.c0 = c0;
    OPEN.incrementAndGet();
  }

  LoopbackCiphertext copy() {
    return new LoopbackCiphertext(limbs, scale, c0);
  }

  @Override
  public int limbs() {
    return limbs;
  }

  @Override
  public double scale() {
    return scale;
  }

  @Override
  public int size() {
    return 2;
  }

  @Override
  public void copyWordsTo(ByteBuffer destination) {
    if (closed.get()) {
      throw new IllegalStateException("closed");
    }
    destination.put(c0.duplicate());
    destination.put(ByteBuffer.allocate(c0.remaining()));
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      OPEN.decrementAndGet();
    }
  }
}
