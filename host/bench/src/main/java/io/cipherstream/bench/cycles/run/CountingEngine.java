package io.cipherstream.bench.cycles.run;

import io.cipherstream.opencl.image.CoreCycles;
import io.cipherstream.opencl.image.ImageManifest;
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

  private final ImageManifest card;
  private final AtomicLong bound = new AtomicLong();

  /**
   * @param card in whose place it stands
   */
  public CountingEngine(LimbEngine inner, ImageManifest card) {
    super(inner);
    this.card = card;
  }

  /** Least cycles of a core for all programs so far, {@link CoreCycles#bound}. */
  public long bound() {
    return bound.get();
  }

  @Override
  public EngineCapabilities capabilities() {
    EngineCapabilities c = super.capabilities();
    return new EngineCapabilities(
        c.device(), c.memoryBytes(), c.instructionsMax(), c.asynchronous(), false, c.joins());
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    bound.addAndGet(card.cycles(program.instructions(), program.ring()).bound());
    return super.submit(program, arguments);
  }
}
