package io.cipherstream.intervals;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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
 * <p>Chunks are computed in a few lanes, one after another in each, so that a query's memory does
 * not grow with its tracks. Words do not depend on the number of lanes at one time: sums of
 * ciphertexts are exact. Safe for concurrent use.
 */
public final class IntervalProgram {

  private final CkksEvaluator on;
  private final EvaluationKeys keys;
  private final ChunkLanes lanes;

  /**
   * @param lanes what runs them
   */
  public IntervalProgram(CkksEvaluator on, EvaluationKeys keys, ChunkLanes lanes) {
    this.on = on;
    this.keys = keys;
    this.lanes = lanes;
  }

  /**
   * Computes a query's answer.
   *
   * @param tracks asked from any thread
   * @param masks of a chunk, asked from any thread; this closes what it is given
   * @return ciphertexts of {@link IntervalPlan#result}; the caller closes them
   */
  public List<Ciphertext> run(
      IntervalPlan plan, TrackSource tracks, IntFunction<Ciphertext> masks) {
    if (plan.mode() == IntervalMode.SINGLE) {
      return List.of(single(plan, tracks, masks));
    }
    return computed(
        plan.chunks(),
        answers ->
            lanes.run(
                plan.lanes(),
                lane -> {
                  for (int k = lane; k < plan.chunks(); k += plan.lanes()) {
                    answers.set(k, pair(k, tracks, masks));
                  }
                }));
  }

  /** All of an array that something fills, or none of it. */
  private static List<Ciphertext> computed(
      int count, Consumer<AtomicReferenceArray<Ciphertext>> filling) {
    AtomicReferenceArray<Ciphertext> made = new AtomicReferenceArray<>(count);
    try {
      filling.accept(made);
    } catch (RuntimeException | Error e) {
      IntStream.range(0, count)
          .mapToObj(made::get)
          .filter(Objects::nonNull)
          .forEach(Ciphertext::close);
      throw e;
    }
    return IntStream.range(0, count).mapToObj(made::get).toList();
  }

  private Ciphertext single(IntervalPlan plan, TrackSource tracks, IntFunction<Ciphertext> masks) {
    List<Ciphertext> sums =
        computed(
            plan.lanes(),
            made ->
                lanes.run(plan.lanes(), lane -> made.set(lane, summed(plan, lane, tracks, masks))));
    try (Ciphertext sum = on.sum(sums)) {
      return shrunk(sum);
    } finally {
      sums.forEach(Ciphertext::close);
    }
  }

  /** A lane's share of the sum. */
  private Ciphertext summed(
      IntervalPlan plan, int lane, TrackSource tracks, IntFunction<Ciphertext> masks) {
    Ciphertext sum = masked(lane, tracks, masks);
    try {
      for (int k = lane + plan.lanes(); k < plan.chunks(); k += plan.lanes()) {
        try (Ciphertext next = masked(k, tracks, masks);
            Ciphertext before = sum) {
          sum = on.add(before, next);
        }
      }
      return sum;
    } catch (RuntimeException | Error e) {
      sum.close();
      throw e;
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
