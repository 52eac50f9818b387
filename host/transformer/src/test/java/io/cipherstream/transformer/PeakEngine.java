package io.cipherstream.transformer;

import io.cipherstream.ring.ForwardingEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** An engine that remembers how many bytes were open on it at one time, adopted memory apart. */
final class PeakEngine extends ForwardingEngine {

  private final AtomicLong adopted = new AtomicLong();
  private final AtomicLong most = new AtomicLong();

  PeakEngine(LimbEngine inner) {
    super(inner);
  }

  @Override
  public LimbBuffer allocate(long words) {
    LimbBuffer made = super.allocate(words);
    most.accumulateAndGet(counters().liveBytes() - adopted.get(), Math::max);
    return made;
  }

  @Override
  public LimbBuffer adopt(ByteBuffer words) {
    return counted(super.adopt(words));
  }

  @Override
  public LimbBuffer adopt(ByteBuffer words, Runnable unread) {
    return counted(super.adopt(words, unread));
  }

  private LimbBuffer counted(LimbBuffer made) {
    adopted.addAndGet(made.words() * Long.BYTES);
    return made;
  }

  /** Bytes of ciphertexts that were open at one time, at most. */
  long most() {
    return most.get();
  }
}
