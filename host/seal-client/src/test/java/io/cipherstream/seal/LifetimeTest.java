package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing leaks, and two threads get what one gets. */
@Tag("native")
class LifetimeTest {

  @Test
  void tenThousandOperationsLeaveNothingBehind() {
    try (Fixture f = new Fixture();
        Ciphertext x = f.encrypt(f.slots(), 1, 0x1p30)) {
      long before = SealArithmetic.liveObjects();
      for (int i = 0; i < 2_500; i++) {
        try (Ciphertext sum = f.evaluator.add(x, x);
            Ciphertext copy = f.evaluator.dropTo(sum, 1);
            Ciphertext difference = f.evaluator.subtract(copy, x);
            Ciphertext all = f.evaluator.sum(List.of(sum, copy, difference))) {
          assertThat(SealArithmetic.liveObjects()).isEqualTo(before + 4);
          assertThat(all.size()).isEqualTo(2);
        }
      }
      assertThat(SealArithmetic.liveObjects()).isEqualTo(before);
    }
  }

  @Test
  void keysMemoryGoesWithTheKeys() {
    try (Fixture f = new Fixture()) {
      long before = SealArithmetic.liveObjects();
      SealEvaluationKeys keys = f.rotationKeys(1, 1, 2, 3);
      assertThat(SealArithmetic.liveObjects()).isEqualTo(before + 1);
      assertThat(keys.bytes()).isGreaterThanOrEqualTo(3L * 4 * 8192 * 8);
      keys.close();
      assertThat(SealArithmetic.liveObjects()).isEqualTo(before);
    }
  }

  @Test
  void aSpentBuilderTakesNoPublicKey() {
    try (Fixture f = new Fixture()) {
      SeededKey key = f.client.publicKey(1);
      SealEvaluationKeys.Builder closed = f.seal.newKeys();
      closed.close();
      assertThatThrownBy(() -> closed.publicKey(1, key.seeds().get(0), key.c0().duplicate()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("spent");
      SealEvaluationKeys.Builder finished = f.seal.newKeys();
      try (SealEvaluationKeys keys = finished.build()) {
        assertThatThrownBy(() -> finished.publicKey(1, key.seeds().get(0), key.c0().duplicate()))
            .isInstanceOf(IllegalStateException.class);
        assertThat(keys.publicKeyLimbs()).isEmpty();
      }
    }
  }

  @Test
  void aBuilderOnAClosedEvaluatorLeavesNothingBehind() {
    long before = SealArithmetic.liveObjects();
    Fixture f = new Fixture();
    f.close();
    assertThatThrownBy(f.seal::newKeys).isInstanceOf(IllegalStateException.class);
    assertThat(SealArithmetic.liveObjects()).isEqualTo(before);
  }

  @Test
  void nativeCodeNeverWritesToReadOnlyBuffers() {
    try (Fixture f = new Fixture();
        Ciphertext x = f.encrypt(f.slots(), 1, 0x1p30)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect((f.client.secretKeyWords() + 1) * Long.BYTES);
      ByteBuffer readOnly = zeros.asReadOnlyBuffer();
      assertThatThrownBy(() -> x.copyWordsTo(readOnly))
          .isInstanceOf(CkksException.class)
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> f.client.copySecretKeyTo(readOnly))
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> f.client.encryptSeeded(f.slots(), 1, 0x1p30, readOnly))
          .hasMessageContaining("read-only");
      assertThat(zeros).isEqualTo(ByteBuffer.allocate(zeros.capacity()));
    }
  }

  @Test
  void aRotationKeyOfNoLimbsIsRefused() {
    try (Fixture f = new Fixture();
        SealEvaluationKeys.Builder builder = f.seal.newKeys()) {
      assertThatThrownBy(() -> builder.addRotationWords(1, 0, ByteBuffer.allocateDirect(0)))
          .isInstanceOf(CkksException.class)
          .hasMessageContaining("0 limbs");
    }
  }

  @Test
  void twoThreadsGetWhatOneGets() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Fixture f = new Fixture();
        SealEvaluationKeys keys = f.rotationKeys(2, 1, 7);
        Ciphertext x = f.encrypt(f.slots(), 2, Fixture.SCALE)) {
      ByteBuffer expected = work(f, keys, x);
      List<Future<ByteBuffer>> results = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        results.add(threads.submit(() -> work(f, keys, x)));
      }
      for (Future<ByteBuffer> result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void clientEncryptsAndMakesKeysInTwoThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Fixture f = new Fixture()) {
      double[] a = f.slots();
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int limbs = 1 + i % 3;
        results.add(
            threads.submit(
                () -> {
                  f.assertDecrypts(f.encrypt(a, limbs, Fixture.SCALE), 1e-5, s -> a[s]);
                  f.rotationKeys(limbs, limbs).close();
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static ByteBuffer work(Fixture f, SealEvaluationKeys keys, Ciphertext x) {
    try (Ciphertext y = f.evaluator.rotate(x, 1, keys);
        Ciphertext z = f.evaluator.rotate(y, 7, keys);
        Ciphertext w = f.evaluator.multiply(y, z)) {
      return Fixture.words(w);
    }
  }
}
