package io.cipherstream.bench.work;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A 128×128 matrix, given by its diagonals, times an encrypted vector of period 128: inner₀ +
 * rot(inner₁ + rot(inner₂ + …, n₁), n₁) with inner_g = Σ_b diagonal[g·n₁ + b] ⊙ rot(x, b).
 */
final class ProductOperation {

  /** n₁. */
  static final int BABY_STEPS = 16;

  static final int GIANT_STEPS = Operands.PERIOD / BABY_STEPS;

  private final Operands operands;
  private final @Nullable BabyGiantProduct product;

  ProductOperation(Operands operands) {
    this.operands = operands;
    List<int[]> terms =
        IntStream.range(0, GIANT_STEPS).mapToObj(ProductOperation::diagonals).toList();
    this.product =
        operands.subject().sealOnly()
            ? null
            : new BabyGiantProduct(
                BABY_STEPS, List.of(new BabyGiantProduct.Piece(operands.periodic(), terms, 0)));
  }

  /** The rotations it needs. */
  static int[] steps() {
    return IntStream.rangeClosed(1, BABY_STEPS).toArray();
  }

  private static int[] diagonals(int giant) {
    return IntStream.range(giant * BABY_STEPS, (giant + 1) * BABY_STEPS).toArray();
  }

  Ciphertext run() {
    return product == null
        ? bySealAlone()
        : operands
            .evaluator()
            .babyGiantProducts(List.of(operands.term(0)), product, operands.keys())
            .get(0)
            .orElseThrow();
  }

  /** The same by SEAL's own operations, as a user of SEAL would write it. */
  private Ciphertext bySealAlone() {
    CkksEvaluator seal = operands.evaluator();
    List<Ciphertext> babies = new ArrayList<>();
    try {
      for (int b = 0; b < BABY_STEPS; b++) {
        babies.add(seal.rotate(operands.term(0), b, operands.keys()));
      }
      Ciphertext sum = operands.sumOfProducts(babies, diagonals(GIANT_STEPS - 1));
      for (int giant = GIANT_STEPS - 2; giant >= 0; giant--) {
        try (Ciphertext before = sum;
            Ciphertext rotated = seal.rotate(before, BABY_STEPS, operands.keys());
            Ciphertext inner = operands.sumOfProducts(babies, diagonals(giant))) {
          sum = seal.add(rotated, inner);
        }
      }
      return sum;
    } finally {
      babies.forEach(Ciphertext::close);
    }
  }
}
