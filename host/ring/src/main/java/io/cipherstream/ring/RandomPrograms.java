package io.cipherstream.ring;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Random valid programs and data for them, to compare engines with each other. The same seed gives
 * the same programs and data. Not thread-safe.
 *
 * <p>Programs use every instruction, every access kind, several tasks, operands at limb and at
 * other positions (so that instructions overlap earlier results in part), results in place of
 * operands, the same operand twice, short operands in both repeated forms, and interleaved chains
 * of products on one result.
 */
public final class RandomPrograms {

  private final SplittableRandom random;
  private final LimbRing ring;
  private int count;

  public RandomPrograms(long seed, LimbRing ring) {
    this.random = new SplittableRandom(seed);
    this.ring = ring;
  }

  /** A program of that many instructions. */
  public LimbProgram next(int instructions) {
    return new RandomProgram("random-" + count++, ring, random.split()).build(instructions);
  }

  /**
   * Words for each argument of a program of this ring, in order: where the program reads a residue
   * before it writes there, one that is canonical for every modulus it is read by, often 0, 1 or q
   * − 1; anything elsewhere.
   */
  public List<long[]> data(LimbProgram program) {
    ResidueBounds bounds = new ResidueBounds(program);
    return program.arguments().stream().map(s -> words(bounds.of(s))).toList();
  }

  /**
   * Whether words are data for a program.
   *
   * @param data words of each argument, in order
   * @throws ProgramException for the first word that the program reads as a residue and that is not
   *     canonical
   */
  public static void check(LimbProgram program, List<long[]> data) {
    ResidueBounds.check(program, data);
  }

  /** The arguments of which a program reads a word that it has not written before. */
  public static Set<Segment> read(LimbProgram program) {
    ResidueBounds bounds = new ResidueBounds(program);
    return program.arguments().stream()
        .filter(s -> Arrays.stream(bounds.of(s)).anyMatch(bound -> bound != 0))
        .collect(Collectors.toSet());
  }

  private long[] words(long[] bounds) {
    long[] words = new long[bounds.length * DescriptorLayout.LINE_WORDS];
    for (int k = 0; k < words.length; k++) {
      long bound = bounds[k / DescriptorLayout.LINE_WORDS];
      words[k] =
          bound == 0
              ? random.nextLong()
              : switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> bound - 1;
                default -> random.nextLong(bound);
              };
    }
    return words;
  }

  /**
   * A ring of random primes of exactly that many bits.
   *
   * @throws IllegalArgumentException if there are too few such primes that are 1 modulo 2N
   */
  public static LimbRing ring(long seed, int degree, int moduli, int bits) {
    if (bits < 2 || bits > Modulus.BITS_MAX) {
      throw new IllegalArgumentException(
          "moduli of " + bits + " bits, expected 2 to " + Modulus.BITS_MAX);
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Modulus> found = new ArrayList<>();
    long step = 2L * degree;
    for (int tries = 0; found.size() < moduli; tries++) {
      if (tries > 1000 * moduli) {
        throw new IllegalArgumentException(
            "too few primes of " + bits + " bits that are 1 modulo " + step);
      }
      long candidate = random.nextLong(1L << (bits - 1), 1L << bits) / step * step + 1;
      if (candidate >= 1L << (bits - 1) && BigInteger.valueOf(candidate).isProbablePrime(64)) {
        Modulus q = new Modulus(candidate);
        if (!found.contains(q)) {
          found.add(q);
        }
      }
    }
    return new LimbRing(degree, found);
  }
}
