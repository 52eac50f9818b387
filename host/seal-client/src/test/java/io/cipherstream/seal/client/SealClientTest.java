package io.cipherstream.seal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class SealClientTest {

  private static final CkksParameters SET = CkksParameters.N8192;
  private static final double[] SLOTS = {1, -2, 0.5};

  @Test
  void savedSecretKeyDecryptsWhatTheFirstOneEncrypted() {
    try (SealClient first = SealClient.generate(SET)) {
      ByteBuffer secret = ByteBuffer.allocateDirect(first.secretKeyWords() * 8 + 8);
      secret.position(8);
      first.copySecretKeyTo(secret);
      assertThat(secret.hasRemaining()).isFalse();
      EncryptedWords sent = first.encryptPublic(SLOTS, 2, 0x1p30);
      try (SealClient second = SealClient.fromSecretKey(SET, secret.position(8))) {
        assertThat(secret.hasRemaining()).isFalse();
        double[] got = second.decrypt(sent.words(), 2, 2, 0x1p30);
        assertThat(Arrays.copyOf(got, 4))
            .containsExactly(new double[] {1, -2, 0.5, 0}, within(1e-3));
      }
    }
  }

  @Test
  void everySecretAndEveryEncryptionIsNew() {
    try (SealClient a = SealClient.generate(SET);
        SealClient b = SealClient.generate(SET)) {
      assertThat(secret(a)).isNotEqualTo(secret(b)).isEqualTo(secret(a));
      SeededCiphertext x = a.encryptSeeded(SLOTS, 1, 0x1p30);
      SeededCiphertext y = a.encryptSeeded(SLOTS, 1, 0x1p30);
      assertThat(x.seed()).isNotEqualTo(y.seed());
      assertThat(x.c0()).isNotEqualTo(y.c0());
      assertThat(a.rotationKey(1, 1).seeds().get(0))
          .isNotEqualTo(a.rotationKey(1, 1).seeds().get(0));
    }
  }

  @Test
  void anotherSecretKeyDecryptsToNoise() {
    try (SealClient a = SealClient.generate(SET);
        SealClient b = SealClient.generate(SET)) {
      double[] got = b.decrypt(a.encryptPublic(SLOTS, 1, 0x1p30).words(), 2, 1, 0x1p30);
      assertThat(Math.abs(got[0] - 1)).isGreaterThan(1);
    }
  }

  @Test
  void complexSlotsComeBackWithBothTheirParts() {
    CkksParameters set = CkksParameters.N4096;
    long seed = System.nanoTime();
    System.out.println("SealClientTest seed " + seed);
    double[] slots = new Random(seed).doubles(set.degree(), -4, 4).toArray();
    try (SealClient client = SealClient.generate(set)) {
      EncryptedWords sent = client.encryptPublic(slots, 1, 0x1p40);
      double[] both = client.decryptComplex(sent.words().duplicate(), 2, 1, 0x1p40);
      assertThat(both).as("seed %d", seed).containsExactly(slots, within(1e-6));
      double[] real = client.decrypt(sent.words().duplicate(), 2, 1, 0x1p40);
      assertThat(real).containsExactly(Arrays.copyOf(both, set.slots()));
    }
  }

  @Test
  void wholeWidthIsEncodedAndMissingSlotsAreZero() {
    double[] all = new double[SET.slots()];
    Arrays.setAll(all, i -> Math.sin(i));
    try (SealClient client = SealClient.generate(SET)) {
      double[] got = client.decrypt(client.encryptPublic(all, 4, 0x1p38).words(), 2, 4, 0x1p38);
      assertThat(got).containsExactly(all, within(1e-5));
      double[] none =
          client.decrypt(client.encryptPublic(new double[0], 1, 0x1p38).words(), 2, 1, 0x1p38);
      assertThat(none).containsExactly(new double[SET.slots()], within(1e-5));
    }
  }

  @Test
  void publicKeyHasOneDigitOverAllPrimes() {
    try (SealClient client = SealClient.generate(SET)) {
      assertThat(client.publicKey().c0().remaining()).isEqualTo(5 * 8192 * 8);
      assertThat(client.publicKey(1).c0().remaining()).isEqualTo(2 * 8192 * 8);
      assertThat(client.publicKey().seeds()).hasSize(1);
    }
  }

  @Test
  void closedClientRefuses() {
    long before = SealClient.liveObjects();
    SealClient client = SealClient.generate(SET);
    assertThat(SealClient.liveObjects()).isEqualTo(before + 1);
    client.close();
    client.close();
    assertThat(SealClient.liveObjects()).isEqualTo(before);
    assertThatThrownBy(() -> client.publicKey()).isInstanceOf(IllegalStateException.class);
  }

  private static ByteBuffer secret(SealClient client) {
    ByteBuffer words = ByteBuffer.allocateDirect(client.secretKeyWords() * 8);
    client.copySecretKeyTo(words);
    return words.flip();
  }
}
