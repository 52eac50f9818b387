package io.cipherstream.opencl;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The tables that kernels need of a ring, in the words that prelude.cl describes: an entry for each
 * modulus, then its roots.
 *
 * <p>Root i of the forward table is ψ^bitrev(i), of the inverse table its inverse; that of the
 * inverse's last stage, i = 1, also contains 1/N. For vectors of eight words the roots of the last
 * three stages are repeated tile by tile, in the order of the transposed tile.
 */
final class RingTables {

  private static final int MODULUS_WORDS = 16;
  private static final int LANES = 8;

  /** Vectors of roots of a tile: one for butterflies 4 apart, two for 2, four for 1. */
  private static final int TILE_VECTORS = 7;

  private final LimbRing ring;
  private final KernelVariant variant;
  private final int rootWords;
  private final LongBuffer words;
  private long ratioHigh;
  private long ratioLow;

  private RingTables(LimbRing ring, KernelVariant variant, LongBuffer words) {
    this.ring = ring;
    this.variant = variant;
    this.rootWords = variant.arithmetic().rootWords();
    this.words = words;
  }

  static ByteBuffer of(LimbRing ring, KernelVariant variant) {
    int moduli = ring.moduli().size();
    long all = (long) moduli * (MODULUS_WORDS + 2L * directionWords(ring, variant));
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(all * Long.BYTES)).order(ByteOrder.nativeOrder());
    RingTables tables = new RingTables(ring, variant, bytes.asLongBuffer());
    int at = moduli * MODULUS_WORDS;
    for (int i = 0; i < moduli; i++) {
      tables.entry(i, at);
      at += 2 * directionWords(ring, variant);
    }
    return bytes;
  }

  private static int tileWords(LimbRing ring, KernelVariant variant) {
    return variant.layout() == KernelVariant.Layout.LIMB
        ? ring.degree() / (LANES * LANES) * TILE_VECTORS * LANES
        : 0;
  }

  private static int directionWords(LimbRing ring, KernelVariant variant) {
    return (ring.degree() + tileWords(ring, variant)) * variant.arithmetic().rootWords();
  }

  private void entry(int index, int at) {
    Modulus q = ring.modulus(index);
    BigInteger big = BigInteger.valueOf(q.value());
    BigInteger ratio = BigInteger.ONE.shiftLeft(128).divide(big);
    long inverseDegree = q.inverse(q.reduceSigned(ring.degree()));
    int entry = index * MODULUS_WORDS;
    words.put(entry, q.value());
    ratioLow = ratio.longValue();
    ratioHigh = ratio.shiftRight(64).longValue();
    words.put(entry + 1, ratioLow);
    words.put(entry + 2, ratioHigh);
    words.put(entry + 3, Double.doubleToRawLongBits(1.0 / q.value()));
    words.put(entry + 4, BigInteger.ONE.shiftLeft(64).divide(big).longValue());
    putRoot(q, entry + 6, inverseDegree);
    long[] powers = powers(q, ring.root(index));
    direction(q, entry + 8, at, powers);
    long[] inverses = powers(q, q.inverse(ring.root(index)));
    inverses[1] = q.multiply(inverses[1], inverseDegree);
    direction(q, entry + 10, at + directionWords(ring, variant), inverses);
  }

  private void direction(Modulus q, int entry, int at, long[] roots) {
    words.put(entry, at);
    for (int i = 0; i < roots.length; i++) {
      putRoot(q, at + i * rootWords, roots[i]);
    }
    int tiles = at + roots.length * rootWords;
    words.put(entry + 1, tiles);
    if (variant.layout() == KernelVariant.Layout.LIMB) {
      int vector = tiles;
      for (int tile = 0; tile < ring.degree() / (LANES * LANES); tile++) {
        for (int halves = 1; halves <= 4; halves *= 2) {
          for (int half = 0; half < halves; half++) {
            putVector(
                q,
                vector,
                roots,
                ring.degree() * halves / LANES + tile * LANES * halves + half,
                halves);
            vector += LANES * rootWords;
          }
        }
      }
    }
  }

  /** Eight roots, {@code step} apart in the table; Shoup quotients make a separate vector. */
  private void putVector(Modulus q, int at, long[] roots, int first, int step) {
    for (int lane = 0; lane < LANES; lane++) {
      long root = roots[first + lane * step];
      words.put(at + lane, form(q, root));
      if (rootWords == 2) {
        words.put(at + LANES + lane, quotient(q, root, ratioHigh, ratioLow));
      }
    }
  }

  private void putRoot(Modulus q, int at, long root) {
    words.put(at, form(q, root));
    if (rootWords == 2) {
      words.put(at + 1, quotient(q, root, ratioHigh, ratioLow));
    }
  }

  private long form(Modulus q, long root) {
    return switch (variant.arithmetic()) {
      case F64 ->
          Double.doubleToRawLongBits(root > q.value() / 2 ? root - q.value() : (double) root);
      case U64 -> root;
      case U32 -> root | (((root << 32) / q.value()) << 32);
    };
  }

  /**
   * ⌊root · 2⁶⁴ / q⌋, from the unsigned 128-bit ⌊2¹²⁸ / q⌋: at most one too small, then corrected.
   */
  private static long quotient(Modulus q, long root, long ratioHigh, long ratioLow) {
    long estimate =
        root * ratioHigh + Math.multiplyHigh(root, ratioLow) + (ratioLow < 0 ? root : 0);
    long rest = -estimate * q.value();
    return Long.compareUnsigned(rest, q.value()) < 0 ? estimate : estimate + 1;
  }

  private long[] powers(Modulus q, long base) {
    int bits = ring.degreeBits();
    long[] powers = new long[ring.degree()];
    long power = 1;
    for (int exponent = 0; exponent < powers.length; exponent++) {
      powers[Integer.reverse(exponent) >>> (Integer.SIZE - bits)] = power;
      power = q.multiply(power, base);
    }
    return powers;
  }
}
