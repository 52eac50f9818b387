package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;

/**
 * Sums of slots of one ciphertext by doubling rotations. Each rotation's noise is summed over too,
 * so sums are made before a rescale where the scale is still large.
 */
final class SlotSums {

  private SlotSums() {}

  /**
   * x + rot(x, step), then the same with twice the step, and so on: slot i of the result is the sum
   * of slots i + k·step for k from 0 to count − 1. Takes ownership of the operand.
   *
   * @param count a power of two
   */
  static Ciphertext strided(StepContext ctx, Ciphertext x, int step, int count) {
    try (Running sum = new Running(x)) {
      for (int k = 1; k < count; k *= 2) {
        doubled(ctx, sum, step * k);
      }
      return sum.take();
    }
  }

  /** The sum of all slots in every slot; takes ownership. */
  static Ciphertext all(StepContext ctx, Ciphertext x, int slots) {
    return strided(ctx, x, 1, slots);
  }

  /** The sum over all rows in every row; takes ownership. */
  static Ciphertext rows(StepContext ctx, Ciphertext x, SealedLayout layout) {
    return strided(ctx, x, layout.features(), layout.rows());
  }

  /**
   * Slot i of the result is the sum of slots i − shift to i − shift + length − 1. The operand stays
   * open.
   *
   * @param length a power of two
   * @param shift from 0 to length − 1
   */
  static Ciphertext window(StepContext ctx, Ciphertext x, int length, int shift) {
    try (Running sum = new Running(ctx.evaluator().dropTo(x, x.limbs()))) {
      for (int step = 1; step < length; step *= 2) {
        doubled(ctx, sum, (shift & step) == 0 ? step : -step);
      }
      return sum.take();
    }
  }

  private static void doubled(StepContext ctx, Running sum, int step) {
    CkksEvaluator evaluator = ctx.evaluator();
    sum.then(
        s -> {
          try (Ciphertext rotated = ctx.rotate(s, step)) {
            return evaluator.add(s, rotated);
          }
        });
  }
}
