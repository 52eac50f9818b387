package io.cipherstream.seal;

import io.cipherstream.ckks.CkksParameters;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation at every level of every parameter set, on SEAL's routines and on the fastest
 * kernels, against SEAL's evaluator, word for word.
 */
@Tag("native")
class LimbEvaluatorLevelsIT {

  static Stream<Arguments> setsAndKernels() {
    return Stream.of(
        Arguments.of(CkksParameters.N8192, true),
        Arguments.of(CkksParameters.N8192, false),
        Arguments.of(CkksParameters.N16384, true),
        Arguments.of(CkksParameters.N16384, false),
        Arguments.of(CkksParameters.N32768, false));
  }

  @ParameterizedTest
  @MethodSource("setsAndKernels")
  void everyLevelEqualsSeal(CkksParameters set, boolean portable) {
    try (LimbPair f =
        new LimbPair(
            set, ring -> portable ? SealEngine.withPortableKernels(ring) : new SealEngine(ring))) {
      // Keys of the largest set take 220 MB each: one key set a half of the levels.
      int top = set.dataLimbs();
      levels(f, top, top / 2 + 1);
      levels(f, top / 2, 1);
    }
  }

  private static void levels(LimbPair f, int from, int to) {
    try (SealEvaluationKeys keys = f.newKeys(from, 1, -3, 128)) {
      for (int limbs = from; limbs >= to; limbs--) {
        LimbOperations.check(f, limbs, keys);
        f.clear();
      }
    }
  }
}
