package io.cipherstream.ring;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The interpreter in plain Java: the readable oracle that other engines are compared with. It
 * touches memory only through checked accesses, one instruction after the other on the calling
 * thread.
 */
public final class JavaEngine extends HostEngine {

  private final Map<Integer, NttTable> tables = new ConcurrentHashMap<>();

  /**
   * @param memoryBytesMax most memory for buffers and scratch together
   */
  public JavaEngine(LimbRing ring, long memoryBytesMax) {
    super("java", ring, memoryBytesMax);
  }

  @Override
  ProgramResult execute(LimbProgram program, List<LimbView> segments) {
    return new Interpreter(program, segments, this::table).run();
  }

  @Override
  protected ProgramResult execute(LimbProgram program, long[] bases) {
    throw new UnsupportedOperationException("the interpreter computes on views, not on addresses");
  }

  private NttTable table(int modulus) {
    return tables.computeIfAbsent(modulus, index -> new NttTable(ring(), index));
  }
}
