package io.cipherstream.ckks;

/**
 * A real matrix as whole numbers at a scale, in the form of one arithmetic, which multiplies lists
 * of ciphertexts without encoding a slot vector: each entry is a number, the same for all slots.
 */
public interface PlainMatrix extends AutoCloseable {

  /** Results of a product. */
  int rows();

  /** Operands of a product. */
  int columns();

  /** Δ: an entry m is the whole number nearest to Δ·m. */
  double scale();

  /** Bytes outside the heap. */
  long bytes();

  @Override
  void close();
}
