package io.cipherstream.ckks;

import io.cipherstream.ring.Repeat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Periodic plaintexts as words in direct buffers: row r is {@code [limb][word]}, little endian, F
 * words a limb of real slots and 2F of complex ones; {@link #repeat} says which of them full NTT
 * word k is. Under a set with several special primes the residues modulo these follow, so that
 * products can be had before a key switch's division.
 *
 * <p>The rows lie in chunks of at most {@value #CHUNK_BYTES_MAX} bytes, so the whole may exceed
 * what one buffer can hold. {@link #close} gives up the buffers; their memory returns when the
 * collector finds them, so a call that is still reading them is safe.
 */
public final class EncodedPeriodicPlaintexts implements PeriodicPlaintexts {

  /** Largest size of a chunk, unless one row alone is larger. */
  public static final int CHUNK_BYTES_MAX = 1 << 26;

  private final CkksParameters parameters;
  private final int count;
  private final int period;
  private final boolean complex;
  private final int limbs;
  private final double scale;
  private final int rowsPerChunk;
  private final AtomicReference<ByteBuffer @Nullable []> chunks;
  private final CloseActions closeActions = new CloseActions();

  EncodedPeriodicPlaintexts(
      CkksParameters parameters, int count, int period, boolean complex, int limbs, double scale) {
    this.parameters = parameters;
    this.count = count;
    this.period = period;
    this.complex = complex;
    this.limbs = limbs;
    this.scale = scale;
    int rowBytes = rowBytes();
    this.rowsPerChunk = Math.max(1, CHUNK_BYTES_MAX / rowBytes);
    ByteBuffer[] buffers = new ByteBuffer[chunkCount()];
    for (int c = 0; c < buffers.length; c++) {
      int rows = Math.min(rowsPerChunk, count - c * rowsPerChunk);
      buffers[c] = ByteBuffer.allocateDirect(rows * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    this.chunks = new AtomicReference<>(buffers);
  }

  /** The parameter set whose primes the words are residues of. */
  public CkksParameters parameters() {
    return parameters;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int period() {
    return period;
  }

  @Override
  public boolean complex() {
    return complex;
  }

  @Override
  public int limbs() {
    return limbs;
  }

  /** How a row's words of one limb stand for N. */
  public Repeat repeat() {
    return complex
        ? Repeat.plain(parameters.degree(), 2 * period)
        : Repeat.mirrored(parameters.degree(), period);
  }

  /** Words that a row has for one limb: F, or 2F of complex slots. */
  public int limbWords() {
    return complex ? 2 * period : period;
  }

  @Override
  public double scale() {
    return scale;
  }

  /** Limbs that a row has: those of the data primes, and of several special primes theirs. */
  public int rowLimbs() {
    return limbs + (parameters.hybrid() ? parameters.specialPrimes().size() : 0);
  }

  /** Bytes of one row: 8 · {@link #rowLimbs} · {@link #limbWords}. */
  public int rowBytes() {
    return Long.BYTES * rowLimbs() * limbWords();
  }

  /** Number of chunks. */
  public int chunkCount() {
    return (count + rowsPerChunk - 1) / rowsPerChunk;
  }

  /** Rows in every chunk but the last. */
  public int rowsPerChunk() {
    return rowsPerChunk;
  }

  /**
   * Chunk c, holding the rows from c · {@link #rowsPerChunk} on; a view of its own, position 0.
   *
   * @throws IllegalStateException if closed
   */
  public ByteBuffer chunk(int c) {
    return buffers()[c].duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The words of row r, a read-only view of {@link #rowBytes} bytes. */
  public ByteBuffer row(int r) {
    return window(r).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  ByteBuffer window(int r) {
    int rowBytes = rowBytes();
    return buffers()[r / rowsPerChunk]
        .slice(r % rowsPerChunk * rowBytes, rowBytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public long bytes() {
    return chunks.get() == null ? 0 : (long) count * rowBytes();
  }

  /**
   * Runs {@code action} when the plaintexts are closed, so that copies of them elsewhere go too; at
   * once if they are closed already.
   */
  public void onClose(Runnable action) {
    closeActions.add(action);
  }

  @Override
  public void close() {
    chunks.set(null);
    closeActions.run();
  }

  private ByteBuffer[] buffers() {
    ByteBuffer[] buffers = chunks.get();
    if (buffers == null) {
      throw new IllegalStateException("the periodic plaintexts are closed");
    }
    return buffers;
  }
}
