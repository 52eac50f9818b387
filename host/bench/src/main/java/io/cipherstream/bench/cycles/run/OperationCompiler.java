package io.cipherstream.bench.cycles.run;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.LimbProgram;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The programs of CKKS operations, compiled by the evaluator of the appliance. Keys and weights are
 * taken to be on the card, prepared for hoisting where the operation uses that.
 */
final class OperationCompiler {

  /** Width of the matrix, and slots after which its diagonals repeat. */
  static final int WIDTH = 128;

  /** n₁; giant steps are 128 / n₁. */
  static final int BABY_STEPS = 16;

  private static final double SCALE = 0x1p20;
  private static final double VALUE_STEP = 1.0 / 128;
  private static final int STEP = 1;

  private OperationCompiler() {}

  /**
   * A rotation, or a 128×128 product, of a ciphertext of {@code limbs} limbs at degree N. Degrees
   * below the smallest parameter set get that set's program with shorter limbs.
   */
  static LimbProgram compile(boolean product, int degree, int limbs) {
    CkksParameters parameters =
        CkksParameters.SETS.stream()
            .filter(set -> set.degree() >= degree)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no parameter set for N = " + degree));
    return Shortening.to(compile(product, parameters, limbs), degree);
  }

  /** The same for a parameter set. */
  static LimbProgram compile(boolean product, CkksParameters parameters, int limbs) {
    return product
        ? submitted(parameters, limbs, OperationCompiler::product)
        : submitted(parameters, limbs, OperationCompiler::rotate);
  }

  private static LimbProgram submitted(
      CkksParameters parameters, int limbs, BiConsumer<CkksEvaluator, Ciphertext> operation) {
    CompilingEngine engine = new CompilingEngine(parameters.ring());
    try (CkksEvaluator evaluator =
            new CkksEvaluator(new LimbArithmetic(parameters, engine, Long.MAX_VALUE));
        Ciphertext zero =
            evaluator.importCiphertext(2, limbs, SCALE, zeros(2L * limbs * parameters.degree()))) {
      operation.accept(evaluator, zero);
    }
    return engine.last();
  }

  private static ByteBuffer zeros(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES));
  }

  private static void rotate(CkksEvaluator evaluator, Ciphertext x) {
    try (WordlessKeys keys = new WordlessKeys(x.limbs())) {
      evaluator.rotate(x, STEP, keys).close();
    }
  }

  private static void product(CkksEvaluator evaluator, Ciphertext x) {
    double[][] diagonals = new double[WIDTH][WIDTH];
    for (int row = 0; row < WIDTH; row++) {
      Arrays.fill(diagonals[row], (row + 1) * VALUE_STEP);
    }
    List<int[]> terms =
        IntStream.range(0, WIDTH / BABY_STEPS)
            .mapToObj(giant -> IntStream.range(giant * BABY_STEPS, (giant + 1) * BABY_STEPS))
            .map(IntStream::toArray)
            .toList();
    try (WordlessKeys keys = new WordlessKeys(x.limbs());
        PeriodicPlaintexts weights = evaluator.encodePeriodic(diagonals, x.limbs(), SCALE)) {
      BabyGiantProduct product =
          new BabyGiantProduct(BABY_STEPS, List.of(new BabyGiantProduct.Piece(weights, terms, 0)));
      evaluator
          .babyGiantProducts(List.of(x), product, keys)
          .forEach(result -> result.ifPresent(Ciphertext::close));
    }
  }
}
