package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {

  @Test
  void roundingIsToTheNearestAndTiesToEven() {
    for (int h = 0; h < 0x7C00; h++) {
      float low = HalfFloat.toFloat((short) h);
      float high = h == 0x7BFF ? 65536 : HalfFloat.toFloat((short) (h + 1));
      float middle = (low + high) / 2;
      int even = h % 2 == 0 ? h : h + 1;
      for (int sign : new int[] {0, 0x8000}) {
        float s = sign == 0 ? 1 : -1;
        assertThat(HalfFloat.round(s * low)).isEqualTo((short) (sign | h));
        assertThat(HalfFloat.round(s * middle)).isEqualTo((short) (sign | even));
        assertThat(HalfFloat.round(s * Math.nextDown(middle))).isEqualTo((short) (sign | h));
        assertThat(HalfFloat.round(s * Math.nextUp(middle))).isEqualTo((short) (sign | (h + 1)));
      }
    }
    FloatTable table = FloatTable.rounded(1, 2, new float[] {0.1f, -3});
    assertThat(table.isHalf()).isTrue();
    assertThat(table.toArray()).containsExactly(0.099975586f, -3);
    Expect.kind(ModelException.Kind.VALUE, () -> FloatTable.rounded(1, 1, new float[] {65520}));
    Expect.kind(ModelException.Kind.VALUE, () -> FloatTable.rounded(1, 1, new float[] {Float.NaN}));
  }

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
