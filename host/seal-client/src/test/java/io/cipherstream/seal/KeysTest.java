package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
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
      try (SealEvaluationKeys.Builder one = f.evaluator.newKeys();
          SealEvaluationKeys.Builder two = f.evaluator.newKeys();
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
  void fastKeySwitchingEqualsSealWordForWord(int keyLimbs) {
    try (Fixture f = new Fixture();
        SealEvaluator seal = SealEvaluator.withPortableKernels(Fixture.SET);
        SealEvaluationKeys rotations = f.rotationKeys(keyLimbs, 1, -7, 2048);
        SealEvaluationKeys relinearization = f.relinearizationKey(keyLimbs)) {
      for (int limbs = 1; limbs <= keyLimbs; limbs++) {
        try (Ciphertext x = f.encrypt(f.slots(), limbs, 0x1p20);
            Ciphertext product = f.evaluator.multiply(x, x)) {
          for (int step : new int[] {1, -7, 2048}) {
            try (Ciphertext expected = seal.rotate(x, step, rotations);
                Ciphertext actual = f.evaluator.rotate(x, step, rotations)) {
              assertThat(Fixture.words(actual)).isEqualTo(Fixture.words(expected));
              assertThat(actual.scale()).isEqualTo(expected.scale());
            }
          }
          try (Ciphertext expected = seal.relinearize(product, relinearization);
              Ciphertext actual = f.evaluator.relinearize(product, relinearization)) {
            assertThat(Fixture.words(actual)).isEqualTo(Fixture.words(expected));
          }
        }
      }
    }
  }

  @Test
  void fastKeySwitchingEqualsSealInALargerRing() {
    CkksParameters set = CkksParameters.N16384;
    try (SealClient client = SealClient.generate(set);
        SealEvaluator fast = new SealEvaluator(set);
        SealEvaluator seal = SealEvaluator.withPortableKernels(set);
        SealEvaluationKeys.Builder builder = fast.newKeys()) {
      SeededKey key = client.rotationKey(3, set.dataLimbs());
      SeededCiphertext fresh = client.encryptSeeded(new double[] {1, 2}, set.dataLimbs(), 0x1p40);
      try (SealEvaluationKeys keys =
              builder.addRotation(3, set.dataLimbs(), key.seeds(), key.c0()).build();
          Ciphertext x = fast.importSeeded(set.dataLimbs(), 0x1p40, fresh.c0(), fresh.seed());
          Ciphertext expected = seal.rotate(x, 3, keys);
          Ciphertext actual = fast.rotate(x, 3, keys)) {
        assertThat(words(actual, set)).isEqualTo(words(expected, set));
      }
    }
  }

  private static ByteBuffer words(Ciphertext a, CkksParameters set) {
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) a.words(set) * Long.BYTES);
    a.copyWordsTo(buffer);
    return buffer.flip();
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
