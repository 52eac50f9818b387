package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation at every level of a parameter set, on SEAL's routines and on the fastest kernels,
 * against SEAL's evaluator, word for word. Programs depend on the number of limbs, of which the two
 * smaller sets show every one up to 9 on the fastest kernels. The routines run the same programs,
 * so that of their larger ring, as of the largest on all, the top, the middle and the last level
 * are enough.
 */
@Tag("native")
class LimbEvaluatorLevelsIT {

  static Stream<Arguments> setsAndKernels() {
    return Stream.of(
        Arguments.of(CkksParameters.N8192, true, List.of(4, 3, 2, 1)),
        Arguments.of(CkksParameters.N8192, false, List.of(4, 3, 2, 1)),
        Arguments.of(CkksParameters.N16384, true, List.of(9, 5, 1)),
        Arguments.of(CkksParameters.N16384, false, List.of(9, 8, 7, 6, 5, 4, 3, 2, 1)),
        Arguments.of(CkksParameters.N32768, false, List.of(20, 10, 1)));
  }

  @ParameterizedTest
  @MethodSource("setsAndKernels")
  void everyLevelEqualsSeal(CkksParameters set, boolean portable, List<Integer> levels) {
    assertThat(levels.get(0)).isEqualTo(set.dataLimbs());
    try (LimbPair f =
        new LimbPair(
            set, ring -> portable ? SealEngine.withPortableKernels(ring) : new SealEngine(ring))) {
      // Keys of the largest set take 220 MB each: one key set a half of the levels.
      int half = set.dataLimbs() / 2 + 1;
      levels(f, levels.stream().filter(limbs -> limbs > half).toList());
      levels(f, levels.stream().filter(limbs -> limbs <= half).toList());
    }
  }

  private static void levels(LimbPair f, List<Integer> levels) {
    try (SealEvaluationKeys keys = f.newKeys(levels.get(0), 1, -3, 128, f.set.conjugationStep())) {
      for (int limbs : levels) {
        LimbOperations.check(f, limbs, keys);
        f.clear();
      }
    }
  }
}
