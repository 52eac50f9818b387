package io.cipherstream.ring;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;

/**
 * What limb programs compute over: the ring degree N and a table of moduli, each 1 modulo 2N.
 *
 * <p>Programs and engines name a modulus by its index in the table. The transforms use the smallest
 * primitive 2N-th root of unity of each modulus, as SEAL does. Immutable.
 */
public final class LimbRing {

  /** Smallest ring degree: one line of words. */
  public static final int DEGREE_MIN = 16;

  /** Largest ring degree. */
  public static final int DEGREE_MAX = 1 << 16;

  /** Most moduli of a table: a descriptor names one by a byte. */
  public static final int MODULI_MAX = 64;

  private final int degree;
  private final List<Modulus> moduli;
  private final long[] roots;
  private final byte[] digest;

  /**
   * @throws IllegalArgumentException if the degree is not a power of two within the limits, there
   *     is no modulus or more than {@value #MODULI_MAX}, one is repeated, or one is not 1 modulo 2N
   */
  public LimbRing(int degree, List<Modulus> moduli) {
    if (degree < DEGREE_MIN || degree > DEGREE_MAX || Integer.bitCount(degree) != 1) {
      throw new IllegalArgumentException(
          "ring degree "
              + degree
              + ": expected a power of two from "
              + DEGREE_MIN
              + " to "
              + DEGREE_MAX);
    }
    if (moduli.isEmpty() || moduli.size() > MODULI_MAX) {
      throw new IllegalArgumentException(moduli.size() + " moduli, expected 1 to " + MODULI_MAX);
    }
    if (new HashSet<>(moduli).size() != moduli.size()) {
      throw new IllegalArgumentException("moduli " + moduli + ": expected distinct ones");
    }
    for (Modulus q : moduli) {
      if ((q.value() - 1) % (2L * degree) != 0) {
        throw new IllegalArgumentException("modulus " + q + ": expected 1 modulo " + 2L * degree);
      }
    }
    this.degree = degree;
    this.moduli = List.copyOf(moduli);
    this.roots = moduli.stream().mapToLong(q -> q.smallestPrimitiveRoot(2 * degree)).toArray();
    this.digest = computeDigest();
  }

  /** Ring degree N, the number of words of a limb. */
  public int degree() {
    return degree;
  }

  /** log₂ N. */
  public int degreeBits() {
    return Integer.numberOfTrailingZeros(degree);
  }

  /** The modulus table. */
  public List<Modulus> moduli() {
    return moduli;
  }

  /** Entry {@code index} of the modulus table. */
  public Modulus modulus(int index) {
    return moduli.get(index);
  }

  /** ψ: the smallest primitive 2N-th root of unity of that modulus. */
  public long root(int index) {
    return roots[index];
  }

  /** Lines of a limb, N / {@value DescriptorLayout#LINE_WORDS}. */
  public int limbLines() {
    return degree / DescriptorLayout.LINE_WORDS;
  }

  /** SHA-256 over N and the moduli in order, in hexadecimal. */
  public String digestHex() {
    return HexFormat.of().formatHex(digest);
  }

  private byte[] computeDigest() {
    ByteBuffer content = ByteBuffer.allocate(16 + Long.BYTES * moduli.size());
    content.put("ring".getBytes(StandardCharsets.US_ASCII)).putInt(degree);
    content.putLong(moduli.size());
    moduli.forEach(q -> content.putLong(q.value()));
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.array());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LimbRing r && Arrays.equals(r.digest, digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return "ring of degree " + degree + " with " + moduli.size() + " moduli";
  }
}
