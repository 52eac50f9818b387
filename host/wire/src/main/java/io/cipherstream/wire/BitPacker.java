package io.cipherstream.wire;

import java.nio.ByteBuffer;

/**
 * Residues modulo one prime between 64-bit words and w = bits(q) bits each.
 *
 * <p>Value k takes bits [k·w, (k+1)·w) of the block, least significant first. For w ≤ 56 one
 * unaligned 8-byte access at byte ⌊k·w/8⌋ holds all of value k whatever its shift of 0 to 7 bits,
 * so both loops are free of branches; the last values of a block are treated apart because such an
 * access would reach beyond its end. Buffers are little endian; offsets are in bytes.
 */
final class BitPacker {

  /** Widest residue for which one 8-byte access is enough. */
  static final int BITS_MAX = Long.SIZE - 8;

  private BitPacker() {}

  /** Length of {@code count} packed values of w bits, count · w a multiple of 8. */
  static int packedBytes(int count, int w) {
    return Math.multiplyExact(count, w) >>> 3;
  }

  /**
   * Packs {@code count} words.
   *
   * @return −1, or the index of the first word that is not in [0, q)
   */
  static int pack(ByteBuffer words, int from, ByteBuffer out, int to, int count, int w, long q) {
    int length = packedBytes(count, w);
    int whole = wholeAccesses(count, w, length);
    long bad = 0;
    long carry = 0;
    int bit = 0;
    for (int k = 0; k < whole; k++) {
      long v = words.getLong(from + (k << 3));
      bad |= v | (q - 1 - v);
      int at = bit >>> 3;
      long x = carry | v << (bit & 7);
      out.putLong(to + at, x);
      bit += w;
      carry = x >>> (((bit >>> 3) - at) << 3);
    }
    for (int k = whole; k < count; k++) {
      long v = words.getLong(from + (k << 3));
      bad |= v | (q - 1 - v);
      int at = bit >>> 3;
      long x = carry | v << (bit & 7);
      bit += w;
      int end = (bit + 7) >>> 3;
      for (int b = at; b < end; b++) {
        out.put(to + b, (byte) (x >>> ((b - at) << 3)));
      }
      carry = x >>> (((bit >>> 3) - at) << 3);
    }
    return bad < 0 ? firstBad(words, from, count, q) : -1;
  }

  /**
   * Unpacks {@code count} values into words.
   *
   * @return −1, or the index of the first word that is not below q
   */
  static int unpack(ByteBuffer in, int from, ByteBuffer words, int to, int count, int w, long q) {
    int length = packedBytes(count, w);
    int whole = wholeAccesses(count, w, length);
    long mask = (1L << w) - 1;
    long bad = 0;
    for (int k = 0; k < whole; k++) {
      int bit = k * w;
      long v = (in.getLong(from + (bit >>> 3)) >>> (bit & 7)) & mask;
      bad |= q - 1 - v;
      words.putLong(to + (k << 3), v);
    }
    int last = length - Long.BYTES;
    for (int k = whole; k < count; k++) {
      long v = (in.getLong(from + last) >>> (k * w - (last << 3))) & mask;
      bad |= q - 1 - v;
      words.putLong(to + (k << 3), v);
    }
    return bad < 0 ? firstBad(words, to, count, q) : -1;
  }

  /**
   * Copies {@code count} words.
   *
   * @return −1, or the index of the first word that is not in [0, q)
   */
  static int copy(ByteBuffer in, int from, ByteBuffer out, int to, int count, long q) {
    long bad = 0;
    for (int k = 0; k < count; k++) {
      long v = in.getLong(from + (k << 3));
      bad |= v | (q - 1 - v);
      out.putLong(to + (k << 3), v);
    }
    return bad < 0 ? firstBad(in, from, count, q) : -1;
  }

  /** Values whose 8-byte access ends within the block: ⌊k·w/8⌋ + 8 ≤ length. */
  private static int wholeAccesses(int count, int w, int length) {
    if (w > BITS_MAX || ((count * w) & 7) != 0 || length < Long.BYTES) {
      throw new IllegalArgumentException(
          "packing: expected at most " + BITS_MAX + " bits and whole bytes, at least 8");
    }
    int whole = count;
    while (whole > 0 && (((whole - 1) * w) >>> 3) + Long.BYTES > length) {
      whole--;
    }
    return whole;
  }

  private static int firstBad(ByteBuffer words, int at, int count, long q) {
    for (int k = 0; k < count; k++) {
      long v = words.getLong(at + (k << 3));
      if (v < 0 || v >= q) {
        return k;
      }
    }
    throw new AssertionError("a word was out of range and is no longer");
  }
}
