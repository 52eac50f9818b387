package io.cipherstream.transformer;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A real engine whose device is lost at the n-th submission and stays so. */
final class FailingEngine implements LimbEngine {

  private final LimbEngine inner;
  private final AtomicLong left;

  FailingEngine(LimbEngine inner, long submissions) {
    this.inner = inner;
    this.left = new AtomicLong(submissions);
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
    return inner.capabilities();
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
    alive(left.get());
    inner.download(source, word, target);
  }

  @Override
  public Completion submit(LimbProgram program, List<LimbView> arguments) {
    alive(left.decrementAndGet());
    return inner.submit(program, arguments);
  }

  private static void alive(long left) {
    if (left < 0) {
      throw new EngineException(EngineException.Kind.DEVICE, "the device was lost (injected)");
    }
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
