package io.cipherstream.ring;

/**
 * Memory of one engine. What a new buffer holds is unspecified. Closing it gives it back once every
 * submitted program that uses it has finished; using it afterwards throws {@link
 * IllegalStateException}. Safe for concurrent use.
 */
public interface LimbBuffer extends AutoCloseable {

  /** Length in 64-bit words. */
  long words();

  /** Bytes of the engine's memory that it takes: none where the engine was lent the memory. */
  default long engineBytes() {
    return words() * Long.BYTES;
  }

  @Override
  void close();
}
