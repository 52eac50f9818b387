package io.cipherstream.ring;

/**
 * How a short operand b stands for a limb of N words.
 *
 * <p>With shift s, word k is b[k ≫ s]. Mirrored, b holds only the first half F = N / 2^(s+1) of
 * those words and word N−1−k equals word k: word k is b[min(r, 2F−1−r)], r = k ≫ s. Real slot
 * vectors of period F encode so, complex ones plainly with 2F words.
 */
public record Repeat(int shift, boolean mirrored) {

  /** No repetition: b is a limb. */
  public static final Repeat NONE = new Repeat(0, false);

  /** The form that is not mirrored, with so many words. */
  public static Repeat plain(int degree, int words) {
    return new Repeat(Integer.numberOfTrailingZeros(degree / words), false);
  }

  /** The mirrored form with F words. */
  public static Repeat mirrored(int degree, int period) {
    return new Repeat(Integer.numberOfTrailingZeros(degree / period) - 1, true);
  }

  /** The form a descriptor's byte stands for. */
  static Repeat ofByte(int value) {
    return new Repeat(value & 0x1f, (value & DescriptorLayout.REPEAT_MIRRORED) != 0);
  }

  int toByte() {
    return shift | (mirrored ? DescriptorLayout.REPEAT_MIRRORED : 0);
  }

  /** Words that b has in memory. */
  public int words(int degree) {
    return degree >> (mirrored ? shift + 1 : shift);
  }

  /** Index into b of word k. */
  public int index(int k, int degree) {
    int r = k >> shift;
    return mirrored ? Math.min(r, (degree >> shift) - 1 - r) : r;
  }
}
