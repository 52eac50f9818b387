package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** A key lies in one piece that an engine of the host reads in place, also while keys close. */
  @Test
  void keysLieWholeWhereEnginesReadThem() {
    try (HybridPair f = new HybridPair(SET, SealEngine::new)) {
      SealEvaluationKeys keys = f.pair.newKeys(3, 5);
      int bytes = 2 * Long.BYTES * SET.digitWords(3);
      ByteBuffer copied =
          ByteBuffer.allocateDirect(SET.digits(3) * bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int digit = 0; digit < SET.digits(3); digit++) {
        keys.copyRotationDigit(5, digit, copied);
      }
      KeyWords.Whole whole = keys.rotationWords(5).orElseThrow();
      assertThat(whole.words()).isEqualTo(copied.flip());
      assertThat(whole.words().alignmentOffset(0, 64)).isZero();
      long before = f.pair.engine.counters().bytesUp();
      Ciphertext a = f.encrypt(3, 0x1p20);
      long brought = f.pair.engine.counters().bytesUp();
      f.pair.keep(f.pair.limb.rotate(a, 5, keys));
      assertThat(brought).isGreaterThan(before);
      assertThat(f.pair.engine.counters().bytesUp()).as("no key was copied").isEqualTo(brought);
      keys.close();
      assertThat(whole.words()).as("held beyond the end of the keys").isEqualTo(copied);
      whole.release().run();
      assertThatThrownBy(() -> keys.rotationWords(5)).isInstanceOf(IllegalStateException.class);
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
