package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An engine that passes calls on to another one; a subclass changes what it is there for. Matrix
 * products are computed by programs, so that a subclass that checks or counts these has them all.
 */
public abstract class ForwardingEngine implements LimbEngine {

  private final LimbEngine inner;

  /** Closing this closes {@code inner}. */
  protected ForwardingEngine(LimbEngine inner) {
    this.inner = inner;
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
  public LimbBuffer adopt(ByteBuffer words) {
    return inner.adopt(words);
  }

  @Override
  public LimbBuffer adopt(ByteBuffer words, Runnable unread) {
    return inner.adopt(words, unread);
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
