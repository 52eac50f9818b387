package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys give back the words they were made of. */
@Tag("native")
class KeyWordsTest {

  private static final int N = Fixture.SET.degree();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void rotationKeysGiveTheWordsTheyWereGiven(int limbs) {
    try (Fixture f = new Fixture();
        SealEvaluationKeys.Builder builder = f.seal.newKeys()) {
      ByteBuffer given = direct(limbs * digitBytes(limbs));
      for (int digit = 0; digit < limbs; digit++) {
        for (int limb = 0; limb < 2 * (limbs + 1); limb++) {
          int prime = limb % (limbs + 1);
          long q =
              (prime < limbs ? Fixture.SET.dataPrime(prime) : Fixture.SET.specialPrime()).value();
          for (int k = 0; k < N; k++) {
            given.putLong(k == 0 ? q - 1 : Math.floorMod(f.random.nextLong(), q));
          }
        }
      }
      given.flip();
      int step = 1 + f.random.nextInt(Fixture.SET.slots() - 1);
      try (SealEvaluationKeys keys =
          builder.addRotationWords(step, limbs, given.duplicate()).build()) {
        assertThat(rotation(keys, step, limbs)).isEqualTo(given);
        assertThat(rotation(keys, step - Fixture.SET.slots(), limbs)).isEqualTo(given);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void seededKeysGiveTheirExpansion(int limbs) {
    try (Fixture f = new Fixture();
        SealEvaluationKeys.Builder builder = f.seal.newKeys()) {
      SeededKey first = f.client.rotationKey(1, limbs);
      SeededKey last = f.client.rotationKey(Fixture.SET.slots() - 1, limbs);
      SeededKey relinearization = f.client.relinearizationKey(limbs);
      builder.addRotation(1, limbs, first.seeds(), first.c0().duplicate());
      builder.addRotation(-1, limbs, last.seeds(), last.c0().duplicate());
      builder.addRelinearization(limbs, relinearization.seeds(), relinearization.c0().duplicate());
      try (SealEvaluationKeys keys = builder.build()) {
        f.evaluator.close(); // finished keys outlive the evaluator
        assertThat(rotation(keys, 1, limbs)).isEqualTo(expanded(f, first));
        assertThat(rotation(keys, -1, limbs)).isEqualTo(expanded(f, last));
        ByteBuffer words = direct(limbs * digitBytes(limbs));
        for (int digit = 0; digit < limbs; digit++) {
          keys.copyRelinearizationDigit(digit, words);
        }
        assertThat(words.flip()).isEqualTo(expanded(f, relinearization));
      }
    }
  }

  @Test
  void wordsThatAreNotThere() {
    try (Fixture f = new Fixture();
        SealEvaluationKeys keys = f.rotationKeys(2, 5)) {
      ByteBuffer room = direct(digitBytes(2));
      rejected(Kind.KEY_MISSING, () -> keys.copyRotationDigit(4, 0, room));
      rejected(Kind.KEY_MISSING, () -> keys.copyRotationDigit(0, 0, room));
      rejected(Kind.KEY_MISSING, () -> keys.copyRelinearizationDigit(0, room));
      rejected(Kind.SHAPE, () -> keys.copyRotationDigit(5, 2, room));
      rejected(Kind.SHAPE, () -> keys.copyRotationDigit(5, -1, room));
      rejected(Kind.WORDS, () -> keys.copyRotationDigit(5, 0, direct(digitBytes(2) - 1)));
      rejected(Kind.WORDS, () -> keys.copyRotationDigit(5, 0, ByteBuffer.allocate(digitBytes(2))));
      rejected(Kind.WORDS, () -> keys.copyRotationDigit(5, 0, room.asReadOnlyBuffer()));
      assertThat(room.position()).isZero();
      SealEvaluationKeys closed = f.rotationKeys(1, 5);
      closed.close();
      assertThatThrownBy(() -> closed.copyRotationDigit(5, 0, room))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static void rejected(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CkksException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static int digitBytes(int limbs) {
    return 2 * (limbs + 1) * N * Long.BYTES;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer rotation(KeyWords keys, int step, int limbs) {
    ByteBuffer words = direct(limbs * digitBytes(limbs));
    for (int digit = 0; digit < limbs; digit++) {
      keys.copyRotationDigit(step, digit, words);
    }
    return words.flip();
  }

  /** {@code [digit][c₀, c₁][limb][coefficient]}. */
  private static ByteBuffer expanded(Fixture f, SeededKey key) {
    int limbs = key.limbs();
    int half = digitBytes(limbs) / 2;
    ByteBuffer words = direct(limbs * digitBytes(limbs));
    for (int digit = 0; digit < limbs; digit++) {
      words.put(key.c0().slice(digit * half, half));
      words.put(f.client.expandKeySeed(key.seeds().get(digit), limbs));
    }
    return words.flip();
  }
}
