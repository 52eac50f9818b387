package io.cipherstream.ckks;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A native object that is deleted once: when it has been closed and nothing uses it any more.
 *
 * <p>Every native call is bracketed by {@link #acquire} and {@link #release}, so closing an object
 * in one thread while another one works on it is safe: the call finishes, then the memory goes.
 */
public final class NativeResource<P> implements AutoCloseable {

  private final String what;
  private final P pointer;
  private final Consumer<P> delete;
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes ownership of {@code pointer}; {@code what} names it in errors. */
  public NativeResource(String what, P pointer, Consumer<P> delete) {
    this.what = what;
    this.pointer = pointer;
    this.delete = delete;
  }

  /**
   * Keeps the object alive until {@link #release}.
   *
   * @throws IllegalStateException if it is closed
   */
  public P acquire() {
    int count = users.get();
    while (true) {
      if (count == 0 || closed.get()) {
        throw new IllegalStateException(what + " is closed");
      }
      int seen = users.compareAndExchange(count, count + 1);
      if (seen == count) {
        return pointer;
      }
      count = seen;
    }
  }

  /** Undoes one {@link #acquire}. */
  public void release() {
    if (users.decrementAndGet() == 0) {
      delete.accept(pointer);
    }
  }

  /** Closes the object; further calls do nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }
}
