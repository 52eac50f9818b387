package io.cipherstream.opencl;

import io.cipherstream.ring.LimbBuffer;

/** A region of the pool. Everything except its address is guarded by the engine's lock. */
final class OpenClBuffer implements LimbBuffer {

  private final OpenClEngine owner;
  private final Arena.Region region;
  private final long words;
  private final Usage usage = new Usage();
  private int users;
  private boolean closed;

  OpenClBuffer(OpenClEngine owner, Arena.Region region, long words) {
    this.owner = owner;
    this.region = region;
    this.words = words;
  }

  OpenClEngine owner() {
    return owner;
  }

  Arena.Region region() {
    return region;
  }

  Usage usage() {
    return usage;
  }

  @Override
  public long words() {
    return words;
  }

  /**
   * Keeps the memory until {@link #release}.
   *
   * @throws IllegalStateException if the buffer is closed
   */
  void acquire() {
    ensureOpen();
    hold();
  }

  /**
   * @throws IllegalStateException if the buffer is closed
   */
  void ensureOpen() {
    if (closed) {
      throw new IllegalStateException("the " + this + " is closed");
    }
  }

  /** As {@link #acquire}, for whoever has it acquired already: it may be closed meanwhile. */
  void hold() {
    users++;
  }

  /** Whether its memory can be freed now. */
  boolean release() {
    users--;
    return closed && users == 0;
  }

  /** Marks it closed; returns whether its memory can be freed now. */
  boolean markClosed() {
    boolean first = !closed;
    closed = true;
    return first && users == 0;
  }

  @Override
  public void close() {
    owner.close(this);
  }

  @Override
  public String toString() {
    return "buffer of " + words + " words of engine " + owner.name();
  }
}
