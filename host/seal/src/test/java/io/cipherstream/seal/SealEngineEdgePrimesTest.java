package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The primes next to where kernels change, 2³⁰, 2⁴⁸ and 2⁵⁰, and words that take each bound of
 * theirs furthest: 0, 1 and p − 1 throughout, in blocks, and mixed.
 */
@Tag("native")
class SealEngineEdgePrimesTest {

  private static final int LIMBS = 6;

  /** The next prime that is 1 modulo 2N, at the bound or below (step −1), or from it on (1). */
  private static Modulus prime(int degree, long bound, int step) {
    long each = 2L * degree;
    long candidate = bound / each * each + 1;
    if (step > 0 && candidate < bound) {
      candidate += each;
    } else if (step < 0 && candidate > bound) {
      candidate -= each;
    }
    while (!BigInteger.valueOf(candidate).isProbablePrime(64)) {
      candidate += step * each;
    }
    return new Modulus(candidate);
  }

  /** The moduli on both sides of each power of two, and one of the sizes between. */
  private static LimbRing ring(int degree) {
    return new LimbRing(
        degree,
        List.of(
            prime(degree, 1L << 30, -1),
            prime(degree, 1L << 30, 1),
            prime(degree, 1L << 46, -1),
            prime(degree, 1L << 48, -1),
            prime(degree, 1L << 48, 1),
            prime(degree, 1L << 50, -1),
            prime(degree, 1L << 50, 1)));
  }

  /** Limbs of residues modulo p: all p − 1; all 1; 0 and p − 1 in runs; mixed; random; all 0. */
  private static long[] words(SplittableRandom random, int degree, long p) {
    long[] words = new long[LIMBS * degree];
    Arrays.fill(words, 0, degree, p - 1);
    Arrays.fill(words, degree, 2 * degree, 1);
    int run = 1 << random.nextInt(Integer.numberOfTrailingZeros(degree));
    for (int k = 0; k < degree; k++) {
      words[2 * degree + k] = k / run % 2 == 0 ? p - 1 : 0;
      words[3 * degree + k] = new long[] {0, 1, p - 1, random.nextLong(p)}[random.nextInt(4)];
      words[4 * degree + k] = random.nextLong(p);
    }
    return words;
  }

  @ParameterizedTest
  @CsvSource({"16", "32", "1024", "8192", "65536"})
  void transformsAndLifts(int degree) {
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    LimbRing ring = ring(degree);
    long n = degree;
    for (int from = 0; from < ring.moduli().size(); from++) {
      for (int to = 0; to < ring.moduli().size(); to++) {
        long p = ring.modulus(to).value();
        ProgramBuilder code = LimbProgram.builder("edge", ring);
        Segment in = code.input("in", LIMBS * n);
        Segment out = code.output("out", 4 * LIMBS * n);
        for (int i = 0; i < LIMBS; i++) {
          long d = 4 * i * n;
          if (from == to) {
            code.ntt(to, out.at(d), in.at(i * n)).intt(to, out.at(d + n), in.at(i * n));
            code.intt(to, out.at(d + 2 * n), out.at(d)).ntt(to, out.at(d + 3 * n), out.at(d + n));
          } else {
            code.reduce(to, out.at(d), in.at(i * n), from).ntt(to, out.at(d), out.at(d));
            code.reduce(to, out.at(d + n), in.at(i * n), from);
            code.addc(to, out.at(d + n), out.at(d + n), i % 2 == 0 ? p - 1 : p / 2);
            code.ntt(to, out.at(d + n), out.at(d + n));
            code.reduce(to, out.at(d + 2 * n), in.at(i * n), from);
            code.scale(to, out.at(d + 3 * n), out.at(d + 2 * n), i % 2 == 0 ? p - 1 : p / 2);
          }
        }
        LimbProgram program = code.build();
        long[] words = words(random, degree, ring.modulus(from).value());
        EngineRuns.compare(ring, program, List.of(words, new long[(int) (4 * LIMBS * n)]));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "6", "7", "8", "14", "15", "31", "32", "64", "127", "128", "300"})
  void sumsOfProducts(int products) {
    int degree = 1024;
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    LimbRing ring = ring(degree);
    long n = degree;
    for (int q = 0; q < ring.moduli().size(); q++) {
      ProgramBuilder code = LimbProgram.builder("edge", ring);
      Segment in = code.input("in", LIMBS * n);
      Segment out = code.update("out", 2 * LIMBS * n);
      Repeat line = EngineRuns.line(degree);
      for (int d = 0; d < 2 * LIMBS; d++) {
        for (int i = 0; i < products; i++) {
          // 0 and 1 take p − 1 times p − 1 only, and 2 and 3 as a line; the others any limbs.
          int a = d < 4 ? 0 : (i + d / 2) % LIMBS;
          int b = d < 4 ? 0 : (i * d) % LIMBS;
          boolean first = i == 0 && d % 2 == 0;
          Repeat repeat = d == 2 || d == 3 ? line : Repeat.NONE;
          code.binary(
              first ? Opcode.MUL : Opcode.MAC,
              q,
              out.at(d * n),
              in.at(a * n),
              in.at(b * n),
              repeat);
        }
      }
      LimbProgram program = code.build();
      long p = ring.modulus(q).value();
      long[] sums = new long[(int) (2 * LIMBS * n)];
      Arrays.fill(sums, p - 1);
      EngineRuns.compare(ring, program, List.of(words(random, degree, p), sums));
    }
  }

  /**
   * Seven sums over the same operands a, as a matrix product has them, but for the second's last.
   */
  @ParameterizedTest
  @CsvSource({"7", "8", "9", "64", "65", "130"})
  void sumsThatRunTogether(int products) {
    int degree = 1024;
    int sums = 7;
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    LimbRing ring = ring(degree);
    long n = degree;
    List<Repeat> repeats =
        List.of(
            new Repeat(5, false),
            new Repeat(5, true),
            new Repeat(3, false),
            new Repeat(2, true),
            Repeat.NONE);
    for (int q = 0; q < ring.moduli().size(); q++) {
      for (Repeat repeat : repeats) {
        ProgramBuilder code = LimbProgram.builder("edge", ring);
        Segment in = code.input("in", LIMBS * n);
        Segment out = code.update("out", sums * n);
        long[] own = new long[sums];
        Arrays.setAll(own, s -> random.nextInt(LIMBS));
        for (int s = 0; s < sums; s++) {
          for (int i = 0; i < products; i++) {
            int a = s == 1 && i == products - 1 ? (i + 1) % LIMBS : i % LIMBS;
            // A short operand begins anywhere in a limb.
            long b =
                (i + own[s]) % LIMBS * n
                    + random.nextInt((int) (n - repeat.words(degree)) / 8 + 1) * 8L;
            boolean first = i == 0 && s % 3 == 0;
            code.binary(
                first ? Opcode.MUL : Opcode.MAC, q, out.at(s * n), in.at(a * n), in.at(b), repeat);
          }
        }
        LimbProgram program = code.build();
        long p = ring.modulus(q).value();
        long[] before = new long[(int) (sums * n)];
        Arrays.fill(before, p - 1);
        EngineRuns.compare(ring, program, List.of(words(random, degree, p), before));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "3", "7", "8", "40", "300"})
  void sumsOfOtherModulisWordsTimesConstants(int products) {
    int degree = 1024;
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    LimbRing ring = ring(degree);
    long n = degree;
    for (int from = 0; from < ring.moduli().size(); from++) {
      for (int to = 0; to < ring.moduli().size(); to++) {
        long p = ring.modulus(to).value();
        ProgramBuilder code = LimbProgram.builder("edge", ring);
        Segment in = code.input("in", LIMBS * n);
        Segment out = code.update("out", 2 * n);
        for (int d = 0; d < 2; d++) {
          for (int i = 0; i < products; i++) {
            long constant = d == 0 ? p - 1 : random.nextLong(p);
            code.macc(to, out.at(d * n), in.at((d == 0 ? 0 : i % LIMBS) * n), from, constant);
          }
        }
        LimbProgram program = code.build();
        long[] sums = new long[(int) (2 * n)];
        Arrays.fill(sums, p - 1);
        EngineRuns.compare(
            ring, program, List.of(words(random, degree, ring.modulus(from).value()), sums));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16", "1024"})
  void sumsDifferencesAndProductsWithConstants(int degree) {
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    LimbRing ring = ring(degree);
    long n = degree;
    for (int q = 0; q < ring.moduli().size(); q++) {
      long p = ring.modulus(q).value();
      ProgramBuilder code = LimbProgram.builder("edge", ring);
      Segment in = code.input("in", LIMBS * n);
      Segment out = code.output("out", 6 * LIMBS * n);
      for (int i = 0; i < LIMBS; i++) {
        long d = 6 * i * n;
        long other = (i + 1) % LIMBS * n;
        code.add(q, out.at(d), in.at(i * n), in.at(other));
        code.sub(q, out.at(d + n), in.at(i * n), in.at(other));
        code.neg(q, out.at(d + 2 * n), in.at(i * n));
        code.scale(q, out.at(d + 3 * n), in.at(i * n), p - 1);
        code.scale(q, out.at(d + 4 * n), in.at(i * n), i == 0 ? 0 : random.nextLong(p));
        code.addc(q, out.at(d + 5 * n), in.at(i * n), p - 1);
      }
      LimbProgram program = code.build();
      EngineRuns.compare(
          ring, program, List.of(words(random, degree, p), new long[(int) (6 * LIMBS * n)]));
    }
    assertThat(ring.modulus(5).bits()).isEqualTo(50);
    assertThat(ring.modulus(6).bits()).isEqualTo(51);
  }
}
