package io.cipherstream.intervals;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The appliance's side of a query on any evaluator. With the region's mask m, in each slot:
 *
 * <ul>
 *   <li>single: Σₖ cₖ·mₖ over the chunks k, with the covered base pairs c
 *   <li>pair: for each chunk (a·n + a + b)·m, with a and b the touched bins of the first and the
 *       second track, {@link Plane#TOUCH} or 0, and n the second's nearness divided by it. The
 *       value is a whole number that says everything about the bin: {@link PairAnswer}
 * </ul>
 *
 * <p>One chunk is computed after another, so that a query's memory does not grow with its tracks.
 * Safe for concurrent use.
 */
public final class IntervalProgram {

  private final CkksEvaluator on;
  private final EvaluationKeys keys;

  public IntervalProgram(CkksEvaluator on, EvaluationKeys keys) {
    this.on = on;
    this.keys = keys;
  }

  /**
   * Computes a query's answer.
   *
   * @param masks of a chunk; this closes what it is given
   * @return ciphertexts of {@link IntervalPlan#result}; the caller closes them
   */
  public List<Ciphertext> run(
      IntervalPlan plan, TrackSource tracks, IntFunction<Ciphertext> masks) {
    if (plan.mode() == IntervalMode.SINGLE) {
      return List.of(single(plan.chunks(), tracks, masks));
    }
    List<Ciphertext> answers = new ArrayList<>();
    try {
      for (int k = 0; k < plan.chunks(); k++) {
        answers.add(pair(k, tracks, masks));
      }
      return answers;
    } catch (RuntimeException | Error e) {
      answers.forEach(Ciphertext::close);
      throw e;
    }
  }

  private Ciphertext single(int chunks, TrackSource tracks, IntFunction<Ciphertext> masks) {
    Ciphertext sum = masked(0, tracks, masks);
    try {
      for (int k = 1; k < chunks; k++) {
        try (Ciphertext next = masked(k, tracks, masks);
            Ciphertext before = sum) {
          sum = on.add(before, next);
        }
      }
      return shrunk(sum);
    } finally {
      sum.close();
    }
  }

  private Ciphertext masked(int k, TrackSource tracks, IntFunction<Ciphertext> masks) {
    try (Ciphertext covered = tracks.chunk(0, Plane.COVERED, k);
        Ciphertext mask = masks.apply(k)) {
      return on.multiply(covered, mask);
    }
  }

  private Ciphertext pair(int k, TrackSource tracks, IntFunction<Ciphertext> masks) {
    try (Ciphertext both = met(k, tracks);
        Ciphertext mask = masks.apply(k);
        Ciphertext product = on.multiply(both, mask)) {
      return shrunk(product);
    }
  }

  /** a·n + a + b. */
  private Ciphertext met(int k, TrackSource tracks) {
    try (Ciphertext a = tracks.chunk(0, Plane.TOUCHED, k);
        Ciphertext n = tracks.chunk(1, Plane.NEAR, k);
        Ciphertext b = tracks.chunk(1, Plane.TOUCHED, k);
        Ciphertext product = on.multiply(a, n);
        Ciphertext near = shrunk(product);
        Ciphertext touched = on.add(a, b);
        Ciphertext lower = on.dropTo(touched, near.limbs())) {
      return on.add(near, lower);
    }
  }

  /** Relinearised and rescaled. */
  private Ciphertext shrunk(Ciphertext product) {
    try (Ciphertext linear = on.relinearize(product, keys)) {
      return on.rescale(linear);
    }
  }
}
