package io.cipherstream.bench.cycles.run;

import io.cipherstream.opencl.image.CoreCycles;
import io.cipherstream.opencl.image.CoreParameters;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.ForwardingEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fast engine in a card's place: programs are compiled as for a device, and what they would cost
 * a core is counted.
 */
public final class CountingEngine extends ForwardingEngine {

  private final CoreParameters core;
  private final AtomicLong bound = new AtomicLong();

  public CountingEngine(LimbEngine inner, CoreParameters core) {
    super(inner);
    this.core = core;
  }

  /** Least cycles of a core for all programs so far, {@link CoreCycles#bound}. */
  public long bound() {
    return bound.get();
  }

  @Override
  public EngineCapabilities capabilities() {
    EngineCapabilities c = super.capabilities();
    return new EngineCapabilities(
        c.device(), c.memoryBytes(), c.instructionsMax(), c.asynchronous(), false);
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    bound.addAndGet(CoreCycles.of(program.instructions(), program.ring(), core).bound());
    return super.submit(program, arguments);
  }
}
