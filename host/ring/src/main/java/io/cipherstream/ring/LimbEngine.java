package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Runs limb programs over one ring. All engines give the same words.
 *
 * <p>The effects are those of transfers and programs one after the other in the order of the calls,
 * of one thread or of threads that order their calls; an engine may overlap what does not depend.
 * Safe for concurrent use. Words are 64-bit little endian; every word that a program reads as a
 * residue must be canonical for its modulus, or results (but never memory) are undefined.
 */
public interface LimbEngine extends AutoCloseable {

  /** Short name for logs, metrics and results, such as {@code java} or {@code opencl:pocl/0}. */
  String name();

  LimbRing ring();

  EngineCapabilities capabilities();

  /**
   * Memory of that many words, a multiple of {@value DescriptorLayout#LINE_WORDS}.
   *
   * @throws EngineException of kind MEMORY if there is too little
   */
  LimbBuffer allocate(long words);

  /**
   * A buffer of the words that remain in a direct buffer, whole lines, for programs to read: the
   * engine's own memory with a copy of them or, where an engine computes in the host's memory, the
   * direct buffer itself. The caller keeps the words alive and unchanged until the buffer is
   * closed.
   *
   * @throws EngineException of kind TRANSFER for a heap buffer, words that are not whole lines, or
   *     an address that the engine cannot read at; MEMORY if there is too little
   */
  default LimbBuffer adopt(ByteBuffer words) {
    return adopt(words, () -> {});
  }

  /**
   * As {@link #adopt(ByteBuffer)}, for words that go away by themselves: the caller keeps them
   * until {@code unread} is called.
   *
   * @param unread called once, when the engine reads the words no more: when it has copied them, or
   *     the buffer is closed and no program uses it; also before a failure is thrown
   */
  default LimbBuffer adopt(ByteBuffer words, Runnable unread) {
    try {
      LimbBuffer buffer = allocate(words.remaining() / Long.BYTES);
      try {
        upload(words, buffer, 0);
        return buffer;
      } catch (RuntimeException | Error e) {
        buffer.close();
        throw e;
      }
    } finally {
      unread.run();
    }
  }

  /**
   * Copies the remaining bytes of a direct buffer, a multiple of 8, into {@code target} from word
   * {@code word} on. When the call returns the source may change; its position is not moved.
   *
   * @throws EngineException of kind TRANSFER for a heap buffer or a range outside the target
   */
  void upload(ByteBuffer source, LimbBuffer target, long word);

  /**
   * Fills the remaining bytes of a direct buffer from word {@code word} of {@code source} on, after
   * all submitted programs that write there; its position is not moved.
   *
   * @throws EngineException of kind TRANSFER as {@link #upload}; whatever a program failed with
   */
  void download(LimbBuffer source, long word, ByteBuffer target);

  /**
   * Starts a program; its scratch memory is the engine's.
   *
   * @param arguments one view for each of {@link LimbProgram#arguments}, in order, of exactly its
   *     words; views that are written do not overlap any other
   * @throws EngineException of kind PROGRAM if ring or arguments do not fit, MEMORY if there is no
   *     room for scratch
   */
  Completion submit(LimbProgram program, List<LimbView> arguments);

  /**
   * Computes y_r = Σ_c m[r][c]·x_c modulo one prime, word by word, if this engine has a routine for
   * it; waits for it. The words are those of products and sums one after the other.
   *
   * @param modulus index in the ring
   * @param x as many views as the matrix has columns, of equally many words, canonical
   * @param y as many views of so many words as it has rows, disjoint from all others
   * @return false if there is none, and nothing was done: a limb program can do the same
   * @throws EngineException of kind PROGRAM if the views do not fit, or are not this engine's
   */
  default boolean multiply(IntegerMatrix matrix, int modulus, List<LimbView> x, List<LimbView> y) {
    return false;
  }

  /**
   * Transforms signed numbers modulo several primes, if this engine has a routine for it: the
   * negacyclic transform of size s = {@code coefficients.length}, a power of two of at most N, with
   * root ψ^(N/s), in bit-reversed order. The words are those of an NTT instruction in a ring of
   * degree s with that root.
   *
   * @param moduli indices in the ring
   * @param kept how many results of each modulus are wanted, from the first on
   * @param words a direct buffer that receives them, canonical, modulus after modulus
   * @return false if there is none for these numbers, and nothing was done
   * @throws EngineException of kind PROGRAM if sizes or indices do not fit
   */
  default boolean transform(int[] moduli, long[] coefficients, int kept, ByteBuffer words) {
    return false;
  }

  /** What this engine has done so far. */
  EngineCounters counters();

  /** Waits for submitted programs and frees everything. */
  @Override
  void close();
}
