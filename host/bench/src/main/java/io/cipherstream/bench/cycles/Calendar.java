package io.cipherstream.bench.cycles;

import java.util.Arrays;

/**
 * A resource that several users share: how much of it each stretch of time has left. Who asks first
 * gets it first; a user takes what is left from its start on, at most at its own rate.
 */
final class Calendar {

  /** Cycles of a stretch. */
  private static final int STRETCH = 64;

  private final double perStretch;
  private float[] used = new float[1 << 12];
  private double total;

  /**
   * @param perCycle what there is in a cycle
   */
  Calendar(double perCycle) {
    this.perStretch = perCycle * STRETCH;
  }

  /** What was taken so far. */
  double total() {
    return total;
  }

  /**
   * Takes an amount from a time on.
   *
   * @param rate most in a cycle
   * @return when all of it is taken
   */
  double take(double start, double amount, double rate) {
    total += amount;
    double left = amount;
    double now = start;
    while (left > 0) {
      int at = (int) (now / STRETCH);
      if (at >= used.length) {
        used = Arrays.copyOf(used, Math.max(2 * used.length, at + 1));
      }
      double end = (at + 1.0) * STRETCH;
      double room = Math.max(0, perStretch - used[at]);
      double can = Math.min(room, (end - now) * rate);
      double taken = Math.min(can, left);
      used[at] += (float) taken;
      left -= taken;
      if (left <= 1e-9) {
        // What is left of the stretch at the pace at which it was taken.
        return can > 0 ? now + (end - now) * (taken / can) : now;
      }
      now = end;
    }
    return start;
  }
}
