package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix as encoded diagonals, and its product with a blocked activation by baby and giant steps.
 */
final class DiagonalMatrix implements AutoCloseable {

  private final DiagonalStructure structure;
  private final PeriodicPlaintexts diagonals;

  DiagonalMatrix(DiagonalStructure structure, PeriodicPlaintexts diagonals) {
    if (diagonals.count() != structure.count()) {
      throw new IllegalArgumentException(
          diagonals.count() + " diagonals, expected " + structure.count());
    }
    this.structure = structure;
    this.diagonals = diagonals;
  }

  DiagonalStructure structure() {
    return structure;
  }

  long bytes() {
    return diagonals.bytes();
  }

  /** All baby rotations of the input blocks: element block·n₁ + baby is rot(x[block], baby). */
  static List<Ciphertext> babies(
      CkksEvaluator evaluator,
      Parallel parallel,
      List<Ciphertext> input,
      int babySteps,
      EvaluationKeys keys) {
    return parallel.map(
        input.size() * babySteps,
        i -> evaluator.rotate(input.get(i / babySteps), i % babySteps, keys));
  }

  /** Number of independent pieces of work in {@link #half}. */
  int halves() {
    return 2 * structure.out().blocks();
  }

  /**
   * Half 0 or 1 of output block {@code piece / 2}: Horner's rule over the giant steps, inner₀ +
   * rot(inner₁ + rot(inner₂ + …, n₁), n₁); half 1 is rotated back by −F at the end. Null when no
   * diagonal of that half exists.
   */
  @Nullable Ciphertext half(
      CkksEvaluator evaluator, int piece, List<Ciphertext> babies, EvaluationKeys keys) {
    int block = piece / 2;
    int half = piece % 2;
    try (Running sum = new Running()) {
      for (int giant = structure.giantSteps() - 1; giant >= 0; giant--) {
        if (!sum.isEmpty()) {
          sum.then(partial -> evaluator.rotate(partial, structure.babySteps(), keys));
        }
        int[] terms = structure.terms(block, half, giant);
        if (Arrays.stream(terms).anyMatch(i -> i >= 0)) {
          sum.add(evaluator, evaluator.sumOfPlainProducts(babies, diagonals, terms));
        }
      }
      if (sum.isEmpty()) {
        return null;
      }
      if (half == 1) {
        sum.then(wrapped -> evaluator.rotate(wrapped, -structure.in().features(), keys));
      }
      return sum.take();
    }
  }

  @Override
  public void close() {
    diagonals.close();
  }
}
