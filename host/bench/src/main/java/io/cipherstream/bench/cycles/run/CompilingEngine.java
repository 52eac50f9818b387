package io.cipherstream.bench.cycles.run;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Stands in for a card while operations are compiled: keeps the programs that are submitted,
 * computes nothing and has no memory. Programs come out as for a card.
 */
final class CompilingEngine implements LimbEngine {

  private final LimbRing ring;
  private final List<LimbProgram> programs = new ArrayList<>();

  CompilingEngine(LimbRing ring) {
    this.ring = ring;
  }

  private record Nothing(long words) implements LimbBuffer {
    @Override
    public void close() {
      // It holds nothing.
    }
  }

  /** The last program that was submitted; those before prepared keys or weights for it. */
  LimbProgram last() {
    return programs.get(programs.size() - 1);
  }

  @Override
  public String name() {
    return "compiling";
  }

  @Override
  public LimbRing ring() {
    return ring;
  }

  @Override
  public EngineCapabilities capabilities() {
    return new EngineCapabilities("none", Long.MAX_VALUE, Integer.MAX_VALUE, true, false, false);
  }

  @Override
  public LimbBuffer allocate(long words) {
    return new Nothing(words);
  }

  @Override
  public void upload(ByteBuffer source, LimbBuffer target, long word) {
    // There is no memory.
  }

  @Override
  public void download(LimbBuffer source, long word, ByteBuffer target) {
    throw new UnsupportedOperationException("nothing was computed");
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    programs.add(program);
    return () -> new ProgramResult(0, Map.of());
  }

  @Override
  public EngineCounters counters() {
    return new EngineCounters(programs.size(), 0, 0, 0, 0, 0);
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
