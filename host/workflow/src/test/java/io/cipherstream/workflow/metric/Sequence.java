package io.cipherstream.workflow.metric;

/**
 * The linear congruential generator of ANSI C, x ← 1103515245·x + 12345 modulo 2³¹, its upper 15
 * bits: the scripts that computed this package's expected values with Python drew from the same.
 */
final class Sequence {

  private long state;

  Sequence(long seed) {
    state = seed;
  }

  /** The next number modulo a bound. */
  int next(int bound) {
    state = (state * 1103515245 + 12345) % (1L << 31);
    return (int) (state >> 16) % bound;
  }
}
