package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {

  @Test
  void everyFiniteHalfRoundTrips() {
    for (int h = 0; h < 1 << 16; h++) {
      if ((h & 0x7C00) != 0x7C00) {
        float value = HalfFloat.toFloat((short) h);
        assertThat(HalfFloat.isExact(value)).isTrue();
        assertThat(HalfFloat.fromExact(value)).isEqualTo((short) h);
      }
    }
  }

  @Test
  void knownValues() {
    assertThat(HalfFloat.toFloat((short) 0x3C00)).isEqualTo(1f);
    assertThat(HalfFloat.toFloat((short) 0xC000)).isEqualTo(-2f);
    assertThat(HalfFloat.toFloat((short) 0x7BFF)).isEqualTo(65504f);
    assertThat(HalfFloat.toFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(HalfFloat.toFloat((short) 0x0400)).isEqualTo(0x1p-14f);
    assertThat(HalfFloat.toFloat((short) 0x7C00)).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void valuesBetweenHalvesAreNotExact() {
    for (float v : new float[] {0.1f, 65536f, 0x1p-25f, 1 + 0x1p-11f, 0x1.004p-15f, -3e38f}) {
      assertThat(HalfFloat.isExact(v)).as("%s", v).isFalse();
    }
  }
}
