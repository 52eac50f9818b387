package io.cipherstream.server.inference;

import io.cipherstream.server.metrics.ServerMetrics;
import java.time.Duration;
import java.util.Locale;

/**
 * Says where the time of an inference goes: it is always in one part, and the time of a part is
 * counted when the next one begins. On one context.
 */
final class InferenceClock {

  enum Part {
    /** Nothing has come for what is due: the client computes, or its bytes are on the way. */
    WAIT,
    /** From a round's first frame until its last ciphertext is decoded. */
    RECEIVE,
    /** A step, with the time it waited for its turn and that between threads. */
    STEP,
    /** From a step's end until the last byte of its replies has left. */
    SEND
  }

  private final ServerMetrics metrics;
  private Part part = Part.WAIT;
  private long since = System.nanoTime();

  InferenceClock(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /** A part begins; nothing happens if it has begun. */
  void begin(Part next) {
    if (next == part) {
      return;
    }
    long now = System.nanoTime();
    metrics.inferencePart(part.name().toLowerCase(Locale.ROOT), Duration.ofNanos(now - since));
    part = next;
    since = now;
  }

  /** As the other, if {@code current} is the part that goes on. */
  void begin(Part next, Part current) {
    if (part == current) {
      begin(next);
    }
  }
}
