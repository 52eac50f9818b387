package io.cipherstream.seal;

import io.cipherstream.ckks.NativeResource;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.HostEngine;
import io.cipherstream.ring.IntegerMatrix;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.TaskGraph;
import io.cipherstream.seal.jni.LimbEngineHandle;
import io.cipherstream.seal.jni.SealShim;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Limb programs on SEAL's own routines, and for moduli below 2⁵⁰ on kernels of equal words where
 * the processor has them: AVX-512 IFMA, else AVX2 with FMA.
 *
 * <p>Consecutive word-wise instructions run block by block, chains of products are summed in
 * registers, and residues are lifted within the transform that follows; the words are those of the
 * instructions one after the other. With a pool, the tasks of a program run on several threads, of
 * which the submitting one is always one, so that a busy pool delays but never blocks. Any ring of
 * degree 16 to 65536, not only that of a CKKS parameter set. Safe for concurrent use.
 */
public final class SealEngine extends HostEngine {

  /** Sums of a matrix product hold as many products of such residues as a matrix has columns. */
  private static final int MATRIX_PRIME_BITS_MAX = 50;

  /** Words that a step of a matrix product takes. */
  private static final int STEP_WORDS = 16;

  private final LimbEngineHandle handle;
  private final NativeResource<LimbEngineHandle> resource;
  private final Kernels kernels;
  private final @Nullable ExecutorService workers;
  private final int width;
  private final Map<LimbProgram, TaskGraph> graphs =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** With the fastest kernels, one thread, and as much memory as the process has. */
  public SealEngine(LimbRing ring) {
    this(ring, Long.MAX_VALUE);
  }

  /**
   * With the fastest kernels of this processor, on the submitting thread.
   *
   * @param memoryBytesMax most memory for buffers and scratch together
   */
  public SealEngine(LimbRing ring, long memoryBytesMax) {
    this(ring, memoryBytesMax, null, 1);
  }

  /**
   * With the fastest kernels of this processor.
   *
   * @param workers threads that help with programs of several tasks; stays the caller's
   * @param width threads that may work on one program, the submitting one included
   */
  public SealEngine(
      LimbRing ring, long memoryBytesMax, @Nullable ExecutorService workers, int width) {
    this(ring, memoryBytesMax, workers, width, Kernels.best());
  }

  /**
   * With kernels of the caller's choice.
   *
   * @throws EngineException if this processor cannot run them
   */
  public SealEngine(
      LimbRing ring,
      long memoryBytesMax,
      @Nullable ExecutorService workers,
      int width,
      Kernels kernels) {
    super(
        kernels == Kernels.best() && kernels != Kernels.PORTABLE
            ? "seal-limb"
            : "seal-limb-" + kernels.label(),
        ring,
        memoryBytesMax);
    this.workers = workers;
    this.width = width;
    this.kernels = kernels;
    long[] primes = ring.moduli().stream().mapToLong(Modulus::value).toArray();
    long[] roots = new long[primes.length];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = ring.root(i);
    }
    try {
      this.handle =
          SealShim.limb_engine_create(
              ring.degree(), primes, roots, primes.length, kernels.ordinal());
    } catch (RuntimeException e) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE,
          "SEAL made no tables for the " + ring + ": " + e.getMessage(),
          e);
    }
    this.resource = new NativeResource<>("the engine", handle, SealShim::limb_engine_delete);
  }

  /** SEAL's routines only, whatever the processor can do. */
  public static SealEngine withPortableKernels(LimbRing ring) {
    return withPortableKernels(ring, Long.MAX_VALUE, null, 1);
  }

  /** The same with a limit of memory and a pool. */
  public static SealEngine withPortableKernels(
      LimbRing ring, long memoryBytesMax, @Nullable ExecutorService workers, int width) {
    return new SealEngine(ring, memoryBytesMax, workers, width, Kernels.PORTABLE);
  }

  @Override
  public EngineCapabilities capabilities() {
    EngineCapabilities host = super.capabilities();
    return new EngineCapabilities(
        host.device()
            + ", SEAL "
            + SealInfo.version()
            + ", "
            + kernels.text()
            + (workers == null ? "" : ", " + width + " threads a program"),
        host.memoryBytes(),
        host.instructionsMax(),
        host.asynchronous(),
        host.hostMemory(),
        host.joins());
  }

  @Override
  protected ProgramResult execute(LimbProgram program, long[] bases) {
    LimbEngineHandle pinned = resource.acquire();
    try {
      NativeRun run = new NativeRun(pinned, program, bases);
      if (workers == null || width < 2 || program.tasks() < 2) {
        return result(run.range(0, program.instructions().size()));
      }
      TaskGraph graph = graphs.computeIfAbsent(program, TaskGraph::of);
      return result(new TaskRun(graph, run::task, workers, width).run());
    } finally {
      resource.release();
    }
  }

  @Override
  protected boolean multiply(IntegerMatrix matrix, int modulus, long[] x, long[] y, long words) {
    if (ring().modulus(modulus).bits() > MATRIX_PRIME_BITS_MAX || words % STEP_WORDS != 0) {
      return false;
    }
    LimbEngineHandle pinned = resource.acquire();
    try (BytePointer entries = new BytePointer(matrix.entries())) {
      long address = entries.address();
      WordRanges.run(
          words,
          STEP_WORDS,
          workers,
          width,
          (from, to) ->
              SealShim.limb_engine_multiply(
                  pinned, modulus, address, matrix.rows(), matrix.columns(), x, y, from, to));
      return true;
    } finally {
      resource.release();
    }
  }

  @Override
  public boolean transform(int[] moduli, long[] coefficients, int kept, ByteBuffer words) {
    checkRow(moduli, coefficients.length, kept, words);
    LimbEngineHandle pinned = resource.acquire();
    try (Pointer target = new Pointer(words)) {
      return SealShim.limb_engine_transform(
          pinned,
          moduli,
          moduli.length,
          coefficients,
          coefficients.length,
          kept,
          target.address() + words.position());
    } finally {
      resource.release();
    }
  }

  private void checkRow(int[] moduli, int size, int kept, ByteBuffer words) {
    boolean fits =
        Integer.bitCount(size) == 1
            && size <= ring().degree()
            && kept >= 0
            && kept <= size
            && words.isDirect()
            && words.remaining() == (long) moduli.length * kept * Long.BYTES;
    for (int modulus : moduli) {
      fits &= modulus >= 0 && modulus < ring().moduli().size();
    }
    if (!fits) {
      throw new EngineException(
          EngineException.Kind.PROGRAM,
          "a transform of "
              + size
              + " numbers modulo "
              + Arrays.toString(moduli)
              + " that keeps "
              + kept
              + " words each does not fit "
              + words
              + " and the "
              + ring());
    }
  }

  private static ProgramResult result(long[] words) {
    Map<Opcode, Long> nanos = new EnumMap<>(Opcode.class);
    for (Opcode opcode : Opcode.values()) {
      long spent = words[1 + opcode.code()];
      if (spent > 0) {
        nanos.put(opcode, spent);
      }
    }
    return new ProgramResult(words[0], nanos);
  }

  @Override
  public void close() {
    super.close();
    resource.close();
  }
}
