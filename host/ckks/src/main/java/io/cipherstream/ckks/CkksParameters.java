package io.cipherstream.ckks;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A CKKS parameter set: ring degree N, data primes q₀ … q₍L₋₁₎ and k special primes p₀ … p₍k₋₁₎,
 * whose product P key switching works with. Most sets have one, as SEAL has; deep ones have
 * several.
 *
 * <p>A set is accepted only if log₂(q₀⋯q₍L₋₁₎·P) is at most the bound for 128-bit security with
 * ternary secrets of the 2024 security guidelines for homomorphic encryption (Bossuat et al.). The
 * one exception is {@link InsecureTestParameters}. All primes are at most 50 bits long and 1 modulo
 * 2N. Immutable.
 */
public final class CkksParameters {

  /** N = 4096, {50 | 50} bits, 100 in all: one level, which a product with weights stays at. */
  public static final CkksParameters N4096 =
      new CkksParameters("n4096", 4096, new long[] {1125899906629633L}, 1125899906826241L);

  /** N = 8192, {50, 38, 38, 38 | 50} bits, 214 in all. */
  public static final CkksParameters N8192 =
      new CkksParameters(
          "n8192",
          8192,
          new long[] {1125899906629633L, 274877153281L, 274877202433L, 274877562881L},
          1125899906826241L);

  /** N = 16384, {50, 40 × 8 | 50} bits, 420 in all. */
  public static final CkksParameters N16384 =
      new CkksParameters(
          "n16384",
          16384,
          new long[] {
            1125899903991809L,
            1099503894529L,
            1099504549889L,
            1099505827841L,
            1099506352129L,
            1099506515969L,
            1099507695617L,
            1099508121601L,
            1099510054913L
          },
          1125899904679937L);

  /** N = 32768, {50, 40 × 19 | 50} bits, 860 in all. */
  public static final CkksParameters N32768 =
      new CkksParameters(
          "n32768",
          32768,
          new long[] {
            1125899903827969L, 1099491770369L, 1099493343233L, 1099497799681L, 1099498258433L,
            1099499175937L, 1099499569153L, 1099499765761L, 1099500421121L, 1099500617729L,
            1099500814337L, 1099501731841L, 1099502518273L, 1099502714881L, 1099503370241L,
            1099503894529L, 1099504549889L, 1099506515969L, 1099507695617L, 1099510054913L
          },
          1125899904679937L);

  /** N = 8192, {48, 29 × 4 | 50} bits, 214 in all: four levels without a round. */
  public static final CkksParameters N8192_SEALED =
      new CkksParameters(
          "n8192-sealed",
          8192,
          new long[] {281474976694273L, 536690689L, 536641537L, 536608769L, 536543233L},
          1125899906826241L);

  /** N = 16384, {50, 36 × 9 | 50} bits, 424 in all: nine levels without a round. */
  public static final CkksParameters N16384_SEALED =
      new CkksParameters(
          "n16384-sealed",
          16384,
          new long[] {
            1125899903991809L,
            68718428161L,
            68717740033L,
            68716036097L,
            68714954753L,
            68714201089L,
            68713873409L,
            68713512961L,
            68713480193L,
            68712923137L
          },
          1125899904679937L);

  /**
   * N = 32768, {50, 40 × 15 | 50 × 4} bits, 850 in all: fifteen levels without a round. With four
   * special primes it is for limb programs; SEAL's evaluator rotates and relinearises nothing under
   * it.
   */
  public static final CkksParameters N32768_SEALED =
      new CkksParameters(
          "n32768-sealed",
          32768,
          new long[] {
            1125899903827969L, 1099499175937L, 1099499569153L, 1099499765761L, 1099500421121L,
            1099500617729L, 1099500814337L, 1099501731841L, 1099502518273L, 1099502714881L,
            1099503370241L, 1099503894529L, 1099504549889L, 1099506515969L, 1099507695617L,
            1099510054913L
          },
          new long[] {1125899904679937L, 1125899903500289L, 1125899903107073L, 1125899902124033L});

  /** Sets of sealed models, whose program says which one it takes. */
  public static final List<CkksParameters> SEALED_SETS =
      List.of(N8192_SEALED, N16384_SEALED, N32768_SEALED);

  /** The sets of modes paper and compact, smallest first. */
  public static final List<CkksParameters> SETS = List.of(N8192, N16384, N32768);

  /** All of them. */
  public static final List<CkksParameters> ALL_SETS =
      Stream.of(List.of(N4096), SETS, SEALED_SETS).flatMap(List::stream).toList();

  /**
   * Bytes of a seed, which stands for a polynomial of uniformly random words: SEAL's generator
   * expands it.
   */
  public static final int SEED_BYTES = 64;

  /** Largest bit length of a prime: AVX-512 IFMA and narrow hardware multipliers want no more. */
  public static final int PRIME_BITS_MAX = 50;

  private final String name;
  private final int degree;
  private final List<Modulus> dataPrimes;
  private final List<Modulus> specialPrimes;
  private final boolean insecure;
  private final byte[] digest;
  private volatile @Nullable LimbRing ring;

  /**
   * @throws IllegalArgumentException if the degree is not one with a known cap, a prime is
   *     repeated, too long or not 1 modulo 2N, or the product exceeds the cap
   */
  public CkksParameters(String name, int degree, long[] dataPrimes, long specialPrime) {
    this(name, degree, dataPrimes, new long[] {specialPrime});
  }

  /**
   * A set with one or more special primes.
   *
   * @throws IllegalArgumentException as above, or if there is no special prime
   */
  public CkksParameters(String name, int degree, long[] dataPrimes, long[] specialPrimes) {
    this(name, degree, dataPrimes, specialPrimes, securityCapBits(degree), false);
  }

  /** A set that protects nothing; only {@link InsecureTestParameters} makes one. */
  static CkksParameters insecure(
      String name, int degree, long[] dataPrimes, long... specialPrimes) {
    return new CkksParameters(name, degree, dataPrimes, specialPrimes, Integer.MAX_VALUE, true);
  }

  private CkksParameters(
      String name, int degree, long[] dataPrimes, long[] specialPrimes, int cap, boolean insecure) {
    this.name = name;
    this.degree = degree;
    this.dataPrimes = Arrays.stream(dataPrimes).mapToObj(Modulus::new).toList();
    this.specialPrimes = Arrays.stream(specialPrimes).mapToObj(Modulus::new).toList();
    this.insecure = insecure;
    if (this.dataPrimes.isEmpty() || this.specialPrimes.isEmpty()) {
      throw new IllegalArgumentException(
          "parameter set "
              + name
              + " has no "
              + (this.dataPrimes.isEmpty() ? "data prime" : "special prime"));
    }
    List<Modulus> all = allPrimes();
    if (all.stream().distinct().count() != all.size()) {
      throw new IllegalArgumentException("parameter set " + name + " repeats a prime");
    }
    all.forEach(this::checkPrime);
    int bits = bits();
    if (bits > cap) {
      throw new IllegalArgumentException(
          "parameter set "
              + name
              + ": "
              + bits
              + " bits of modulus, at most "
              + cap
              + " give 128-bit security at N = "
              + degree);
    }
    this.digest = computeDigest();
  }

  /**
   * Largest log₂(QP) for 128-bit security with ternary secrets, 2024 guidelines: 106, 214, 430, 868
   * and 1747 bits at N = 4096, 8192, 16384, 32768 and 65536.
   *
   * @throws IllegalArgumentException for any other degree
   */
  public static int securityCapBits(int degree) {
    return switch (degree) {
      case 4096 -> 106;
      case 8192 -> 214;
      case 16384 -> 430;
      case 32768 -> 868;
      case 65536 -> 1747;
      default ->
          throw new IllegalArgumentException(
              "degree " + degree + ": expected 4096, 8192, 16384, 32768 or 65536");
    };
  }

  /**
   * The set of that name; where tests have allowed it, also the one of {@link
   * InsecureTestParameters}.
   *
   * @throws IllegalArgumentException if there is none, or it is insecure and not allowed
   */
  public static CkksParameters named(String name) {
    if (name.equals(InsecureTestParameters.N1024)) {
      return InsecureTestParameters.n1024();
    }
    return ALL_SETS.stream()
        .filter(set -> set.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "parameter set '"
                        + name
                        + "': expected one of "
                        + ALL_SETS.stream().map(CkksParameters::name).toList()));
  }

  /** The secure set, of any mode, whose {@link #digestHex} that is. */
  public static Optional<CkksParameters> withDigest(String hex) {
    return ALL_SETS.stream().filter(set -> set.digestHex().equals(hex)).findFirst();
  }

  public String name() {
    return name;
  }

  /** Ring degree N. */
  public int degree() {
    return degree;
  }

  /** Number of slots, N/2. */
  public int slots() {
    return degree / 2;
  }

  /** Number L of data primes: the limbs of a fresh ciphertext at the highest level. */
  public int dataLimbs() {
    return dataPrimes.size();
  }

  /** Data primes in order; a ciphertext of ℓ limbs has the first ℓ. */
  public List<Modulus> dataPrimes() {
    return dataPrimes;
  }

  public Modulus dataPrime(int limb) {
    return dataPrimes.get(limb);
  }

  /**
   * P of a set that has one special prime.
   *
   * @throws IllegalStateException if it has several
   */
  public Modulus specialPrime() {
    if (hybrid()) {
      throw new IllegalStateException(
          "parameter set "
              + name
              + " has "
              + specialPrimes.size()
              + " special primes; what asks works with one");
    }
    return specialPrimes.get(0);
  }

  /** The special primes p₀ … p₍k₋₁₎ in order. */
  public List<Modulus> specialPrimes() {
    return specialPrimes;
  }

  /**
   * Whether there are several special primes, so that keys are switched the hybrid way: a digit
   * holds the residues of k data primes instead of one.
   */
  public boolean hybrid() {
    return specialPrimes.size() > 1;
  }

  /** Digits that a key switch at ℓ limbs has: ⌈ℓ/k⌉. A key for ℓ limbs has as many. */
  public int digits(int limbs) {
    return (limbs + specialPrimes.size() - 1) / specialPrimes.size();
  }

  /** Words of each of the two polynomials of a digit of a key for ℓ limbs: (ℓ + k)·N. */
  public int digitWords(int limbs) {
    return (limbs + specialPrimes.size()) * degree;
  }

  /** What limb programs of this set compute over: the data primes in order, then the special. */
  public LimbRing ring() {
    LimbRing made = ring;
    if (made == null) {
      made = new LimbRing(degree, allPrimes());
      ring = made;
    }
    return made;
  }

  private List<Modulus> allPrimes() {
    List<Modulus> all = new ArrayList<>(dataPrimes);
    all.addAll(specialPrimes);
    return all;
  }

  /** Bits of all primes together, what a cap limits. */
  public int bits() {
    return allPrimes().stream().mapToInt(Modulus::bits).sum();
  }

  /** log₂(q₀⋯q₍limbs₋₁₎). */
  public double modulusBits(int limbs) {
    double bits = 0;
    for (int i = 0; i < limbs; i++) {
      bits += Math.log(dataPrimes.get(i).value()) / Math.log(2);
    }
    return bits;
  }

  /**
   * The Galois element that rotates slots by {@code step}: 3ˢ mod 2N for s in [0, N/2), and for
   * negative s that of s + N/2, which rotates by the same. 1 for step 0, and 2N − 1, complex
   * conjugation, for {@link #conjugationStep}.
   *
   * @throws CkksException of kind SHAPE if the step is not in (−N/2, N/2]
   */
  public int galoisElement(int step) {
    int named = CkksChecks.keyStep("galoisElement", this, step);
    if (named == conjugationStep()) {
      return 2 * degree - 1;
    }
    long element = 1;
    long square = 3;
    for (int s = named; s > 0; s >>= 1) {
      element = (s & 1) == 0 ? element : element * square % (2L * degree);
      square = square * square % (2L * degree);
    }
    return (int) element;
  }

  /**
   * What names complex conjugation where keys and automorphisms are named by rotation steps: N/2,
   * by which no rotation moves anything.
   */
  public int conjugationStep() {
    return slots();
  }

  /** Whether the set protects nothing: {@link InsecureTestParameters}. */
  public boolean insecure() {
    return insecure;
  }

  /** What the set promises, in words: a bound in bits, or {@link InsecureTestParameters#MARK}. */
  public String security() {
    return insecure
        ? InsecureTestParameters.MARK
        : "at most " + securityCapBits(degree) + " bits for 128-bit security";
  }

  /** SHA-256 over name-independent content: N, the data primes in order, the special primes. */
  public byte[] digest() {
    return digest.clone();
  }

  /** {@link #digest} in hexadecimal. */
  public String digestHex() {
    return HexFormat.of().formatHex(digest);
  }

  private void checkPrime(Modulus q) {
    if (q.bits() > PRIME_BITS_MAX || (q.value() - 1) % (2L * degree) != 0) {
      throw new IllegalArgumentException(
          "prime "
              + q
              + ": expected at most "
              + PRIME_BITS_MAX
              + " bits and 1 modulo "
              + 2L * degree);
    }
  }

  private byte[] computeDigest() {
    ByteBuffer content = ByteBuffer.allocate(16 + 8 * allPrimes().size());
    content.put((insecure ? "test" : "ckks").getBytes(StandardCharsets.US_ASCII)).putInt(degree);
    content.putLong(dataPrimes.size());
    allPrimes().forEach(q -> content.putLong(q.value()));
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.array());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CkksParameters p && Arrays.equals(p.digest, digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return name;
  }
}
