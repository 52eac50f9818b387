package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.seal.client.EncryptedWords;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** A client and an evaluator that meet only through raw words, as they do over a network. */
final class Fixture implements AutoCloseable {

  static final CkksParameters SET = CkksParameters.N8192;
  static final double SCALE = 0x1p38;

  final long seed = Long.getLong("test.seed", System.nanoTime());
  final Random random = new Random(seed);
  final SealClient client = SealClient.generate(SET);
  final SealArithmetic seal = new SealArithmetic(SET);
  final CkksEvaluator evaluator = new CkksEvaluator(seal);

  Fixture() {
    System.out.println("test.seed=" + seed);
  }

  double[] slots(int count, double magnitude) {
    return random.doubles(count, -magnitude, magnitude).toArray();
  }

  double[] slots() {
    return slots(SET.slots(), 1);
  }

  Ciphertext encrypt(double[] slots, int limbs, double scale) {
    SeededCiphertext fresh = client.encryptSeeded(slots, limbs, scale);
    try (HostCiphertext host = seal.seeded(limbs, scale, fresh.c0(), fresh.seed())) {
      return evaluator.bring(host);
    }
  }

  Ciphertext encryptPublic(double[] slots, int limbs, double scale) {
    EncryptedWords fresh = client.encryptPublic(slots, limbs, scale);
    return evaluator.importCiphertext(2, limbs, scale, fresh.words());
  }

  double[] decrypt(Ciphertext a) {
    return client.decrypt(words(a), a.size(), a.limbs(), a.scale());
  }

  static ByteBuffer words(Ciphertext a) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((int) a.words(SET) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    a.copyWordsTo(buffer);
    return buffer.flip();
  }

  SealEvaluationKeys rotationKeys(int limbs, int... steps) {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      for (int step : steps) {
        SeededKey key = client.rotationKey(step, limbs);
        builder.addRotation(step, limbs, key.seeds(), key.c0());
      }
      return builder.build();
    }
  }

  SealEvaluationKeys relinearizationKey(int limbs) {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      SeededKey key = client.relinearizationKey(limbs);
      return builder.addRelinearization(limbs, key.seeds(), key.c0()).build();
    }
  }

  /** Asserts slot by slot and closes the ciphertext. */
  void assertDecrypts(Ciphertext a, double tolerance, java.util.function.IntToDoubleFunction slot) {
    double[] actual = decrypt(a);
    a.close();
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - slot.applyAsDouble(i)))
          .as("slot %d: %s instead of %s", i, actual[i], slot.applyAsDouble(i))
          .isLessThan(tolerance);
    }
  }

  @Override
  public void close() {
    evaluator.close();
    client.close();
  }
}
