package io.cipherstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitPackerTest {

  private static final int COUNT = 128;

  @ParameterizedTest
  @ValueSource(ints = {17, 30, 33, 38, 39, 40, 41, 47, 49, 50, 55, 56})
  void packingEqualsTheBigIntegerSumAndUnpackingUndoesIt(int w) {
    long seed = 20260100L + w;
    Random random = new Random(seed);
    long q = (1L << w) - 1;
    ByteBuffer words = direct(8 * COUNT);
    BigInteger sum = BigInteger.ZERO;
    for (int k = 0; k < COUNT; k++) {
      long v = k == 5 ? q - 1 : Math.floorMod(random.nextLong(), q);
      words.putLong(8 * k, v);
      sum = sum.add(BigInteger.valueOf(v).shiftLeft(k * w));
    }
    int length = BitPacker.packedBytes(COUNT, w);
    ByteBuffer packed = direct(length + 32);
    for (int i = 0; i < packed.capacity(); i++) {
      packed.put(i, (byte) 0x5a);
    }
    assertThat(BitPacker.pack(words, 0, packed, 16, COUNT, w, q)).isEqualTo(-1);
    byte[] bigEndian = new byte[length + 1];
    for (int i = 0; i < length; i++) {
      bigEndian[length - i] = packed.get(16 + i);
    }
    assertThat(new BigInteger(bigEndian)).as("seed %d", seed).isEqualTo(sum);
    for (int i = 0; i < 16; i++) {
      assertThat(packed.get(i)).isEqualTo((byte) 0x5a);
      assertThat(packed.get(16 + length + i)).isEqualTo((byte) 0x5a);
    }
    ByteBuffer exact = direct(length);
    exact.put(0, packed, 16, length);
    ByteBuffer back = direct(8 * COUNT);
    assertThat(BitPacker.unpack(exact, 0, back, 0, COUNT, w, q)).isEqualTo(-1);
    assertThat(back).isEqualTo(words);
  }

  @Test
  void wordNotBelowItsModulusIsFoundWithItsPosition() {
    long q = 1000;
    ByteBuffer words = direct(8 * COUNT);
    ByteBuffer packed = direct(BitPacker.packedBytes(COUNT, 10));
    words.putLong(8 * 77, 1000).putLong(8 * 99, 1001);
    assertThat(BitPacker.pack(words, 0, packed, 0, COUNT, 10, q)).isEqualTo(77);
    assertThat(BitPacker.unpack(packed, 0, direct(8 * COUNT), 0, COUNT, 10, q)).isEqualTo(77);
    assertThat(BitPacker.copy(words, 0, direct(8 * COUNT), 0, COUNT, q)).isEqualTo(77);
    words.putLong(8 * 3, -1);
    assertThat(BitPacker.pack(words, 0, packed, 0, COUNT, 10, q)).isEqualTo(3);
    assertThat(BitPacker.copy(words, 0, direct(8 * COUNT), 0, COUNT, q)).isEqualTo(3);
  }

  @Test
  void widthsThatOneAccessCannotHoldAreRefused() {
    ByteBuffer buffer = direct(8 * COUNT);
    assertThatThrownBy(() -> BitPacker.pack(buffer, 0, buffer, 0, COUNT, 57, 1L << 56))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 56 bits");
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
