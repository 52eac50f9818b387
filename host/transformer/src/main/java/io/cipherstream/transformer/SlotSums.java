package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.stream.IntStream;

/**
 * Sums of slots of one ciphertext by doubling rotations. Each rotation's noise is summed over too,
 * so sums are made before a rescale where the scale is still large.
 */
final class SlotSums {

  private SlotSums() {}

  /** x ← x + rot(x, step) for each step in turn; a copy without steps. */
  static Ciphertext doubled(StepContext ctx, Ciphertext x, int... steps) {
    try (StepContext s = ctx.open()) {
      Ciphertext sum = steps.length == 0 ? s.drop(x, x.limbs()) : x;
      for (int step : steps) {
        Ciphertext next = s.plusRotated(sum, step);
        s.free(sum);
        sum = next;
      }
      return s.keep(sum);
    }
  }

  /**
   * x + rot(x, step), then the same with twice the step, and so on: slot i of the result is the sum
   * of slots i + k·step for k from 0 to count − 1.
   *
   * @param count a power of two
   */
  static Ciphertext strided(StepContext ctx, Ciphertext x, int step, int count) {
    return doubled(
        ctx, x, IntStream.iterate(1, k -> k < count, k -> 2 * k).map(k -> step * k).toArray());
  }

  /** The sum of all slots in every slot. */
  static Ciphertext all(StepContext ctx, Ciphertext x, int slots) {
    return strided(ctx, x, 1, slots);
  }

  /** The sum over all rows in every row. */
  static Ciphertext rows(StepContext ctx, Ciphertext x, SealedLayout layout) {
    return strided(ctx, x, layout.features(), layout.rows());
  }

  /**
   * Slot i of the result is the sum of slots i − shift to i − shift + length − 1.
   *
   * @param length a power of two
   * @param shift from 0 to length − 1
   */
  static Ciphertext window(StepContext ctx, Ciphertext x, int length, int shift) {
    return doubled(
        ctx,
        x,
        IntStream.iterate(1, step -> step < length, step -> 2 * step)
            .map(step -> (shift & step) == 0 ? step : -step)
            .toArray());
  }
}
