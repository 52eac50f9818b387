package io.cipherstream.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostCiphertextTest {

  private static final CkksParameters SET = CkksParameters.N8192;
  private static final CiphertextForm FORM = new CiphertextForm(2, 1, 0x1p30);
  private static final int BYTES = 2 * SET.degree() * Long.BYTES;

  @Test
  void memoryIsGivenBackOnceAndNotReadAfterwards() {
    long before = HostCiphertext.open();
    AtomicInteger freed = new AtomicInteger();
    HostCiphertext a =
        new HostCiphertext(
            SET, FORM, ByteBuffer.allocateDirect(BYTES), () -> freed.incrementAndGet());
    assertThat(a.words().remaining()).isEqualTo(BYTES);
    assertThat(HostCiphertext.open()).isEqualTo(before + 1);
    a.close();
    a.close();
    assertThat(freed).hasValue(1);
    assertThat(HostCiphertext.open()).isEqualTo(before);
    assertThatThrownBy(a::words)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void viewsShareWordsAndNotPositions() {
    try (HostCiphertext a = HostCiphertext.allocate(SET, FORM)) {
      a.words().putLong(0x0102030405060708L);
      assertThat(a.words().getLong()).isEqualTo(0x0102030405060708L);
      assertThat(a.words().get(0)).as("little endian").isEqualTo((byte) 8);
    }
  }

  @Test
  void aBufferOfAnotherLengthOrOnTheHeapIsRefused() {
    for (ByteBuffer bad :
        new ByteBuffer[] {ByteBuffer.allocateDirect(BYTES - 8), ByteBuffer.allocate(BYTES)}) {
      assertThatThrownBy(() -> new HostCiphertext(SET, FORM, bad, () -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected a direct one of " + BYTES);
    }
  }
}
