package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key cut down to fewer limbs rotates to the same words as the whole key in plain SEAL. */
@Tag("native")
class KeysTest {

  private static final int N = Fixture.SET.degree();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void truncatedKeysRotateWordForWordLikeFullKeys(int keyLimbs) {
    try (Fixture f = new Fixture()) {
      int full = Fixture.SET.dataLimbs();
      SeededKey whole = f.client.rotationKey(5, full);
      try (SealEvaluationKeys.Builder one = f.seal.newKeys();
          SealEvaluationKeys.Builder two = f.seal.newKeys();
          SealEvaluationKeys wholeKeys =
              one.addRotation(5, full, whole.seeds(), whole.c0().duplicate()).build();
          SealEvaluationKeys cutKeys =
              two.addRotationWords(5, keyLimbs, truncated(f, whole, keyLimbs)).build()) {
        assertThat(cutKeys.bytes()).isLessThan(wholeKeys.bytes());
        for (int limbs = 1; limbs <= keyLimbs; limbs++) {
          try (Ciphertext x = f.encrypt(f.slots(), limbs, Fixture.SCALE);
              Ciphertext expected = f.evaluator.rotate(x, 5, wholeKeys);
              Ciphertext actual = f.evaluator.rotate(x, 5, cutKeys)) {
            assertThat(Fixture.words(actual)).isEqualTo(Fixture.words(expected));
          }
        }
      }
    }
  }

  @Test
  void keysForFewerLimbsAreSmaller() {
    try (Fixture f = new Fixture()) {
      for (int limbs = 1; limbs <= 3; limbs++) {
        SeededKey key = f.client.rotationKey(1, limbs);
        assertThat(key.c0().remaining()).isEqualTo(limbs * (limbs + 1) * N * Long.BYTES);
        assertThat(key.seeds()).hasSize(limbs).doesNotHaveDuplicates();
        try (SealEvaluationKeys keys = f.rotationKeys(limbs, 1)) {
          assertThat(keys.bytes()).isBetween(2L * limbs * (limbs + 1) * N * 8, 4_000_000L);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void limbProgramsSwitchKeysWordForWordLikeSeal(int keyLimbs) {
    try (LimbPair f = new LimbPair(Fixture.SET, SealEngine::new)) {
      SealEvaluationKeys keys = f.keys(keyLimbs, 1, -7, 2048);
      for (int limbs = 1; limbs <= keyLimbs; limbs++) {
        LimbPair.Both x = f.encrypt(limbs, 0x1p20);
        for (int step : new int[] {1, -7, 2048}) {
          f.check(
              "rotation by " + step,
              f.seal.rotate(x.seal(), step, keys),
              f.limb.rotate(x.limb(), step, keys));
        }
        LimbPair.Both product =
            f.same(
                "square", f.seal.multiply(x.seal(), x.seal()), f.limb.multiply(x.limb(), x.limb()));
        f.check(
            "relinearisation",
            f.seal.relinearize(product.seal(), keys),
            f.limb.relinearize(product.limb(), keys));
      }
    }
  }

  /** Digits and limbs of {@code key} that serve {@code limbs} limbs, c₁ written out. */
  private static ByteBuffer truncated(Fixture f, SeededKey key, int limbs) {
    int full = key.limbs();
    ByteBuffer result =
        ByteBuffer.allocateDirect(2 * limbs * (limbs + 1) * N * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int digit = 0; digit < limbs; digit++) {
      ByteBuffer c1 = f.client.expandKeySeed(key.seeds().get(digit), full);
      for (ByteBuffer whole :
          new ByteBuffer[] {key.c0().slice(digit * (full + 1) * N * 8, (full + 1) * N * 8), c1}) {
        result.put(whole.slice(0, limbs * N * 8));
        result.put(whole.slice(full * N * 8, N * 8));
      }
    }
    return result.flip();
  }
}
