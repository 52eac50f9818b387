package io.cipherstream.model;

/** IEEE 754 binary16, the storage form of half-precision weights. */
final class HalfFloat {

  private static final float[] TABLE = new float[1 << 16];

  static {
    for (int h = 0; h < TABLE.length; h++) {
      TABLE[h] = expand(h);
    }
  }

  private HalfFloat() {}

  static float toFloat(short half) {
    return TABLE[half & 0xFFFF];
  }

  /** Whether a finite value survives float → half → float unchanged. */
  static boolean isExact(float value) {
    return Float.floatToRawIntBits(toFloat(fromExact(value))) == Float.floatToRawIntBits(value);
  }

  /** The half with the same value; a value that {@link #isExact} denies is truncated. */
  static short fromExact(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int exponent = ((bits >>> 23) & 0xFF) - 127;
    int mantissa = bits & 0x7FFFFF;
    if (exponent > 15) {
      return (short) (sign | 0x7C00);
    }
    if (exponent >= -14) {
      return (short) (sign | ((exponent + 15) << 10) | (mantissa >>> 13));
    }
    int shift = -1 - exponent;
    return (short) (shift > 24 ? sign : sign | ((mantissa | 0x800000) >>> shift));
  }

  /** The nearest half, ties to even; infinity from 65520 on, and for NaN. */
  static short round(float value) {
    if (!Float.isFinite(value)) {
      return (short) 0x7C00;
    }
    short below = fromExact(value);
    if ((below & 0x7FFF) == 0x7C00) {
      return below;
    }
    double low = Math.abs(toFloat(below));
    short above = (short) (below + 1);
    double high = (above & 0x7FFF) == 0x7C00 ? 0x1p16 : Math.abs(toFloat(above));
    double middle = (low + high) / 2;
    double x = Math.abs(value);
    boolean up = x > middle || (x == middle && (below & 1) == 1);
    return up ? above : below;
  }

  private static float expand(int half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1F;
    int mantissa = half & 0x3FF;
    if (exponent == 31) {
      return Float.intBitsToFloat(sign | 0x7F800000 | (mantissa << 13));
    }
    if (exponent == 0) {
      float value = mantissa * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
  }
}
