package io.cipherstream.bench.cycles.run;

import io.cipherstream.opencl.image.CoreCycles;
import io.cipherstream.opencl.image.CoreParameters;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fast engine in a card's place: programs are compiled as for a device, and what they would cost
 * a core is counted.
 */
public final class CountingEngine implements LimbEngine {

  private final LimbEngine inner;
  private final CoreParameters core;
  private final AtomicLong bound = new AtomicLong();

  public CountingEngine(LimbEngine inner, CoreParameters core) {
    this.inner = inner;
    this.core = core;
  }

  /** Least cycles of a core for all programs so far, {@link CoreCycles#bound}. */
  public long bound() {
    return bound.get();
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public LimbRing ring() {
    return inner.ring();
  }

  @Override
  public EngineCapabilities capabilities() {
    EngineCapabilities c = inner.capabilities();
    return new EngineCapabilities(
        c.device(), c.memoryBytes(), c.instructionsMax(), c.asynchronous(), false);
  }

  @Override
  public LimbBuffer allocate(long words) {
    return inner.allocate(words);
  }

  @Override
  public void upload(ByteBuffer source, LimbBuffer target, long word) {
    inner.upload(source, target, word);
  }

  @Override
  public void download(LimbBuffer source, long word, ByteBuffer target) {
    inner.download(source, word, target);
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    bound.addAndGet(CoreCycles.of(program.instructions(), program.ring(), core).bound());
    return inner.submit(program, arguments);
  }

  @Override
  public EngineCounters counters() {
    return inner.counters();
  }

  @Override
  public void close() {
    inner.close();
  }
}
