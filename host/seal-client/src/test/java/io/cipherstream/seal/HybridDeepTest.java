package io.cipherstream.seal;

import io.cipherstream.ckks.CkksParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The deep set, four special primes at N = 32768, on the fastest kernels. */
@Tag("native")
@Tag("slow")
class HybridDeepTest {

  @Test
  void sealDecryptsWhatLimbProgramsSwitch() {
    try (HybridPair f = new HybridPair(CkksParameters.N32768_SEALED, SealEngine::new)) {
      for (int limbs : new int[] {16, 9, 2}) {
        HybridOperations.check(
            f, limbs, 0x1p40, f.pair.keys(limbs, 1, -3, 128, f.set.conjugationStep()));
        f.pair.clear();
      }
      HybridOperations.checkProduct(f, 12, f.pair.keys(12, 1, 2, 3, 4, 128));
    }
  }
}
