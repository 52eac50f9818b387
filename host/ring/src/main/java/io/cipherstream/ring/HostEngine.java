package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Base of engines that compute in the host's memory: buffers outside the Java heap, checks of what
 * is submitted, scratch memory from a pool, counters.
 *
 * <p>A program runs within {@link #submit}, which therefore also throws what it failed with; the
 * completion it returns is always a finished one. Programs of several threads run side by side.
 */
public abstract class HostEngine implements LimbEngine {

  /** 64 lines and one. */
  private static final int STAGGER_WORDS = 65 * DescriptorLayout.LINE_WORDS;

  private final String name;
  private final LimbRing ring;
  private final HostMemory memory;
  private final OwnBuffers buffers = new OwnBuffers();
  private final LongAdder submissions = new LongAdder();
  private final LongAdder instructions = new LongAdder();
  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();

  /** Held for reading by whatever touches memory, for writing by close. */
  private final ReentrantReadWriteLock lifecycle = new ReentrantReadWriteLock();

  private volatile boolean closed;

  /**
   * @param memoryBytesMax most memory for buffers and scratch together; adopted memory is not
   *     counted
   */
  protected HostEngine(String name, LimbRing ring, long memoryBytesMax) {
    this.name = name;
    this.ring = ring;
    this.memory = new HostMemory(this, memoryBytesMax);
  }

  /**
   * Runs a checked program and returns when it has finished. Called by several threads at once; the
   * memory stays while it runs.
   *
   * @param bases native address of each segment of {@link LimbProgram#segments}, by number, each a
   *     multiple of 8 and, unless it was adopted, of a line
   */
  protected abstract ProgramResult execute(LimbProgram program, long[] bases);

  /** The same over views, for engines that touch memory only through checked accesses. */
  ProgramResult execute(LimbProgram program, List<LimbView> segments) {
    long[] bases = new long[segments.size()];
    for (int i = 0; i < bases.length; i++) {
      LimbView view = segments.get(i);
      bases[i] = ((HostBuffer) view.buffer()).address() + view.offset() * Long.BYTES;
    }
    return execute(program, bases);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final LimbRing ring() {
    return ring;
  }

  @Override
  public EngineCapabilities capabilities() {
    return new EngineCapabilities(
        System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " CPUs",
        memory.bytesMax(),
        Integer.MAX_VALUE / DescriptorLayout.BYTES,
        false,
        true,
        false);
  }

  @Override
  public final LimbBuffer allocate(long words) {
    if (words <= 0 || words % DescriptorLayout.LINE_WORDS != 0) {
      throw new IllegalArgumentException(
          "buffer of "
              + words
              + " words: expected a positive multiple of "
              + DescriptorLayout.LINE_WORDS);
    }
    enter();
    try {
      return memory.allocate(words);
    } finally {
      leave();
    }
  }

  /**
   * The direct buffer itself, without a copy: little-endian words, read-only if the direct buffer
   * is; closing it frees nothing.
   *
   * @throws EngineException of kind TRANSFER for a heap buffer, an address that is no multiple of 8
   *     or a length that is not whole lines
   */
  @Override
  public final LimbBuffer adopt(ByteBuffer directWords) {
    return adopt(directWords, () -> {});
  }

  @Override
  public final LimbBuffer adopt(ByteBuffer directWords, Runnable unread) {
    try {
      checkAdoptable(directWords);
      enter();
    } catch (RuntimeException | Error e) {
      unread.run();
      throw e;
    }
    try {
      return memory.adopt(directWords, unread);
    } finally {
      leave();
    }
  }

  private static void checkAdoptable(ByteBuffer directWords) {
    int bytes = directWords.remaining();
    if (!directWords.isDirect()
        || bytes == 0
        || bytes % (DescriptorLayout.LINE_WORDS * Long.BYTES) != 0
        || directWords.alignmentOffset(directWords.position(), Long.BYTES) != 0) {
      throw new EngineException(
          EngineException.Kind.TRANSFER,
          "memory to adopt: got "
              + directWords
              + ", expected a direct buffer at a multiple of 8 and whole lines of "
              + DescriptorLayout.LINE_WORDS
              + " words");
    }
  }

  @Override
  public final void upload(ByteBuffer source, LimbBuffer target, long word) {
    enter();
    try {
      HostBuffer buffer = transfer(source, target, word);
      try {
        if (!buffer.writable()) {
          throw new EngineException(
              EngineException.Kind.TRANSFER, "upload to adopted memory that is read-only");
        }
        int bytes = source.remaining();
        buffer.bytes(word, bytes / Long.BYTES).put(0, source, source.position(), bytes);
        bytesUp.add(bytes);
      } finally {
        buffer.release();
      }
    } finally {
      leave();
    }
  }

  @Override
  public final void download(LimbBuffer source, long word, ByteBuffer target) {
    enter();
    try {
      HostBuffer buffer = transfer(target, source, word);
      try {
        int bytes = target.remaining();
        target.put(target.position(), buffer.bytes(word, bytes / Long.BYTES), 0, bytes);
        bytesDown.add(bytes);
      } finally {
        buffer.release();
      }
    } finally {
      leave();
    }
  }

  /** By address, as adopted memory may overlap. */
  private final class OwnBuffers implements ProgramArguments.Memory<HostBuffer> {
    @Override
    public @Nullable HostBuffer bufferOf(LimbBuffer buffer) {
      return buffer instanceof HostBuffer own && own.owner() == HostEngine.this ? own : null;
    }

    @Override
    public boolean writable(HostBuffer buffer) {
      return buffer.writable();
    }

    @Override
    public long place(HostBuffer buffer, long word) {
      return buffer.address() + word * Long.BYTES;
    }
  }

  /** The buffer of a transfer that fits, acquired. */
  private HostBuffer transfer(ByteBuffer host, LimbBuffer buffer, long word) {
    if (!(buffer instanceof HostBuffer own) || own.owner() != this) {
      throw new EngineException(
          EngineException.Kind.TRANSFER, "got a " + buffer + ", expected one of engine " + name);
    }
    BufferTransfer.check(host, word, own.words());
    own.acquire();
    return own;
  }

  @Override
  public final Completion submit(LimbProgram program, List<LimbView> arguments) {
    enter();
    try {
      List<ProgramArguments.Bound<HostBuffer>> bound =
          ProgramArguments.check(this, program, arguments, buffers);
      List<HostBuffer> used = new ArrayList<>();
      try {
        for (ProgramArguments.Bound<HostBuffer> b : bound) {
          b.buffer().acquire();
          used.add(b.buffer());
        }
        ProgramResult result = withScratch(program, arguments);
        submissions.increment();
        instructions.add(program.instructions().size());
        return () -> result;
      } finally {
        used.forEach(HostBuffer::release);
      }
    } finally {
      leave();
    }
  }

  /**
   * The routine of {@link #multiply(IntegerMatrix, int, List, List)} on checked memory, which stays
   * while it runs.
   *
   * @param x native addresses of the operands' words
   * @param y native addresses of the results' words
   * @param words of each
   * @return false if this engine has none for the modulus
   */
  protected boolean multiply(IntegerMatrix matrix, int modulus, long[] x, long[] y, long words) {
    return false;
  }

  @Override
  public final boolean multiply(
      IntegerMatrix matrix, int modulus, List<LimbView> x, List<LimbView> y) {
    if (x.size() != matrix.columns() || y.size() != matrix.rows()) {
      throw unfit(x.size() + " operands and " + y.size() + " results", matrix);
    }
    enter();
    List<HostBuffer> used = new ArrayList<>();
    try {
      long words = x.get(0).words();
      long[] from = addresses(matrix, x, words, false, used);
      long[] to = addresses(matrix, y, words, true, used);
      boolean done = multiply(matrix, modulus, from, to, words);
      if (done) {
        submissions.increment();
      }
      return done;
    } finally {
      used.forEach(HostBuffer::release);
      leave();
    }
  }

  private long[] addresses(
      IntegerMatrix matrix,
      List<LimbView> views,
      long words,
      boolean written,
      List<HostBuffer> used) {
    long[] addresses = new long[views.size()];
    for (int i = 0; i < addresses.length; i++) {
      LimbView view = views.get(i);
      if (!(view.buffer() instanceof HostBuffer own)
          || own.owner() != this
          || view.words() != words
          || (written && !own.writable())) {
        throw unfit(view.toString(), matrix);
      }
      own.acquire();
      used.add(own);
      addresses[i] = own.address() + view.offset() * Long.BYTES;
    }
    return addresses;
  }

  private EngineException unfit(String got, IntegerMatrix matrix) {
    return new EngineException(
        EngineException.Kind.PROGRAM,
        "multiply by a matrix of "
            + matrix.rows()
            + " × "
            + matrix.columns()
            + ": got "
            + got
            + ", expected an operand a column and a result a row, of equal words and of engine "
            + name);
  }

  private static long scratchWords(LimbProgram program) {
    return program.segments().stream()
        .filter(s -> s.access() == Segment.Access.SCRATCH)
        .mapToLong(s -> s.words() + stagger(s))
        .sum();
  }

  /**
   * Words left free behind a scratch segment. Long segments are multiples of large powers of two;
   * side by side, their words of one position would share a few lines of every cache, and a sum
   * over them would find each in memory again. With a page and a line between them they lie apart.
   */
  private static long stagger(Segment segment) {
    return segment.words() < 8 * STAGGER_WORDS ? 0 : STAGGER_WORDS;
  }

  private ProgramResult withScratch(LimbProgram program, List<LimbView> arguments) {
    if (program.scratchWords() == 0) {
      return run(program, arguments);
    }
    HostBuffer scratch = memory.takeScratch(scratchWords(program));
    try {
      List<LimbView> segments = new ArrayList<>();
      int argument = 0;
      long offset = 0;
      for (Segment s : program.segments()) {
        if (s.access() == Segment.Access.SCRATCH) {
          segments.add(new LimbView(scratch, offset, s.words()));
          offset += s.words() + stagger(s);
        } else {
          segments.add(arguments.get(argument++));
        }
      }
      return run(program, segments);
    } finally {
      memory.giveScratch(scratch);
    }
  }

  private ProgramResult run(LimbProgram program, List<LimbView> segments) {
    try {
      return execute(program, segments);
    } catch (EngineException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EngineException(
          EngineException.Kind.DEVICE, "engine " + name + " failed in " + program + ": " + e, e);
    }
  }

  @Override
  public EngineCounters counters() {
    return new EngineCounters(
        submissions.sum(),
        instructions.sum(),
        bytesUp.sum(),
        bytesDown.sum(),
        memory.liveBuffers(),
        memory.liveBytes());
  }

  /** Waits for running programs and frees everything; a subclass that overrides it calls it. */
  @Override
  public void close() {
    lifecycle.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        memory.close();
      }
    } finally {
      lifecycle.writeLock().unlock();
    }
  }

  private void enter() {
    lifecycle.readLock().lock();
    if (closed) {
      lifecycle.readLock().unlock();
      throw new IllegalStateException("engine " + name + " is closed");
    }
  }

  private void leave() {
    lifecycle.readLock().unlock();
  }

  @Override
  public String toString() {
    return "engine " + name + " for the " + ring;
  }
}
