package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys with two special primes at N = 8192, made by SEAL's client, on every host engine. */
@Tag("native")
class HybridKeysTest {

  /** {45, 28 × 3 | 42 × 2} bits, 213 in all. */
  static final CkksParameters SET =
      new CkksParameters(
          "n8192-hybrid-test",
          8192,
          new long[] {35184371613697L, 268369921L, 268271617L, 268238849L},
          new long[] {4398046150657L, 4398045708289L});

  @Test
  void sealDecryptsWhatLimbProgramsSwitch() {
    try (HybridPair f = new HybridPair(SET, SealEngine::new)) {
      for (int limbs = 1; limbs <= 4; limbs++) {
        HybridOperations.check(
            f, limbs, 0x1p28, f.pair.keys(limbs == 2 ? 2 : 4, 1, -3, 128, f.set.conjugationStep()));
        f.pair.clear();
      }
      for (int limbs : new int[] {3, 4}) {
        HybridOperations.checkProduct(f, limbs, f.pair.keys(4, 1, 2, 3, 4, 128));
        f.pair.clear();
      }
    }
  }

  @Test
  void allEnginesGiveTheSameWords() {
    try (HybridPair f = new HybridPair(SET, SealEngine::new);
        SealEvaluationKeys keys = f.pair.newKeys(4, 5)) {
      for (int limbs : new int[] {1, 2, 3, 4}) {
        Ciphertext a = f.encrypt(limbs, 0x1p20);
        Ciphertext rotated = f.pair.keep(f.pair.limb.rotate(a, 5, keys));
        Ciphertext square = f.pair.keep(f.pair.limb.multiply(a, a));
        Ciphertext product = f.pair.keep(f.pair.limb.relinearize(square, keys));
        for (Function<LimbRing, LimbEngine> other :
            List.<Function<LimbRing, LimbEngine>>of(
                SealEngine::withPortableKernels, ring -> new JavaEngine(ring, 1L << 30))) {
          try (Words words = new Words(f.pair, other.apply(SET.ring()))) {
            words.same("rotation", rotated, words.on(a, x -> words.limb.rotate(x, 5, keys)));
            words.same("product", product, words.on(square, x -> words.limb.relinearize(x, keys)));
          }
        }
      }
    }
  }

  @Test
  void sealItselfRefusesKeysWithSeveralSpecialPrimes() {
    try (HybridPair f = new HybridPair(SET, SealEngine::new)) {
      SealEvaluationKeys keys = f.pair.keys(4, 5);
      Ciphertext a = f.pair.encrypt(3, 0x1p28).seal();
      assertThatThrownBy(() -> f.pair.seal.rotate(a, 5, keys))
          .isInstanceOf(CkksException.class)
          .hasMessageContaining("rotate: parameter set n8192-hybrid-test has 2 special primes")
          .hasMessageContaining("seal-limb");
    }
  }
}
