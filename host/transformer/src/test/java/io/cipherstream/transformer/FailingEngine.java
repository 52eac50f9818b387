package io.cipherstream.transformer;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.ForwardingEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A real engine whose device is lost at the n-th submission and stays so. */
final class FailingEngine extends ForwardingEngine {

  private final AtomicLong left;

  FailingEngine(LimbEngine inner, long submissions) {
    super(inner);
    this.left = new AtomicLong(submissions);
  }

  @Override
  public void download(LimbBuffer source, long word, ByteBuffer target) {
    alive(left.get());
    super.download(source, word, target);
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    alive(left.decrementAndGet());
    return super.submit(program, arguments);
  }

  private static void alive(long left) {
    if (left < 0) {
      throw new EngineException(EngineException.Kind.DEVICE, "the device was lost (injected)");
    }
  }
}
