package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The interpreter against formulas computed in other ways. */
class JavaEngineTest {

  private static final long SEED = 20260417;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private long[] residues(LimbRing ring, int modulus) {
    long q = ring.modulus(modulus).value();
    return LongStream.generate(() -> random.nextLong(q)).limit(ring.degree()).toArray();
  }

  @Test
  void transformIsEvaluationAtOddPowersOfTheRootInReversedOrder() {
    for (int degree : new int[] {16, 64, 2048}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 2, 45);
      long[] x = residues(ring, 1);
      ProgramBuilder builder = LimbProgram.builder("ntt", ring);
      Segment a = builder.input("a", degree);
      Segment d = builder.output("d", degree);
      long[] got =
          Runs.on(ring, builder.ntt(1, d.at(0), a.at(0)).build(), List.of(x, new long[degree]))
              .get(1);
      Modulus q = ring.modulus(1);
      for (int tries = 0; tries < 20; tries++) {
        int k = random.nextInt(degree);
        long point =
            q.power(ring.root(1), 2L * (Integer.reverse(k) >>> (32 - ring.degreeBits())) + 1);
        long sum = 0;
        for (int j = degree - 1; j >= 0; j--) {
          sum = q.add(q.multiply(sum, point), x[j]);
        }
        assertThat(got[k]).as("N %d, word %d, seed %d", degree, k, SEED).isEqualTo(sum);
      }
    }
  }

  @Test
  void productOfTransformsIsNegacyclicConvolution() {
    for (int bits : new int[] {20, 50, 61}) {
      int degree = 256;
      LimbRing ring = RandomPrograms.ring(SEED + bits, degree, 1, bits);
      long[] x = residues(ring, 0);
      long[] y = residues(ring, 0);
      ProgramBuilder builder = LimbProgram.builder("convolution", ring);
      Segment a = builder.input("a", degree);
      Segment b = builder.input("b", degree);
      Segment d = builder.output("d", degree);
      Segment t = builder.scratch("t", degree);
      builder.ntt(0, t.at(0), a.at(0)).ntt(0, d.at(0), b.at(0));
      builder.mul(0, d.at(0), t.at(0), d.at(0)).intt(0, d.at(0), d.at(0));
      long[] got = Runs.on(ring, builder.build(), List.of(x, y, new long[degree])).get(2);
      assertThat(got).as("seed %d", SEED).isEqualTo(schoolbook(x, y, ring.modulus(0).value()));
    }
  }

  private static long[] schoolbook(long[] x, long[] y, long q) {
    int degree = x.length;
    BigInteger[] sums = new BigInteger[degree];
    java.util.Arrays.fill(sums, BigInteger.ZERO);
    for (int i = 0; i < degree; i++) {
      for (int j = 0; j < degree; j++) {
        BigInteger product = BigInteger.valueOf(x[i]).multiply(BigInteger.valueOf(y[j]));
        int k = (i + j) % degree;
        sums[k] = i + j < degree ? sums[k].add(product) : sums[k].subtract(product);
      }
    }
    return java.util.Arrays.stream(sums)
        .mapToLong(s -> s.mod(BigInteger.valueOf(q)).longValue())
        .toArray();
  }

  @Test
  void permutationIsTheAutomorphismOfCoefficients() {
    int degree = 128;
    LimbRing ring = RandomPrograms.ring(SEED, degree, 1, 40);
    long q = ring.modulus(0).value();
    for (int galois : new int[] {1, 3, 5, 77, 2 * degree - 1}) {
      long[] x = residues(ring, 0);
      ProgramBuilder builder = LimbProgram.builder("automorphism", ring);
      Segment a = builder.input("a", degree);
      Segment d = builder.output("d", degree);
      Segment t = builder.scratch("t", 2L * degree);
      builder.ntt(0, t.at(0), a.at(0)).perm(0, t.at(degree), t.at(0), galois);
      builder.intt(0, d.at(0), t.at(degree));
      long[] got = Runs.on(ring, builder.build(), List.of(x, new long[degree])).get(1);
      long[] expected = new long[degree];
      for (int j = 0; j < degree; j++) {
        int exponent = (int) ((long) j * galois % (2 * degree));
        boolean negative = exponent >= degree;
        expected[exponent % degree] = negative && x[j] != 0 ? q - x[j] : x[j];
      }
      assertThat(got).as("g %d, seed %d", galois, SEED).isEqualTo(expected);
    }
  }

  @Test
  void wordwiseInstructionsFollowTheirFormulas() {
    int degree = 32;
    LimbRing ring = RandomPrograms.ring(SEED, degree, 2, 61);
    BigInteger q = BigInteger.valueOf(ring.modulus(0).value());
    BigInteger p = BigInteger.valueOf(ring.modulus(1).value());
    long c = q.longValue() - 2;
    for (Opcode opcode :
        List.of(
            Opcode.MUL,
            Opcode.MAC,
            Opcode.ADD,
            Opcode.SUB,
            Opcode.NEG,
            Opcode.SCALE,
            Opcode.ADDC,
            Opcode.REDUCE,
            Opcode.MACC,
            Opcode.COPY,
            Opcode.FILL)) {
      for (Repeat repeat :
          List.of(Repeat.NONE, new Repeat(2, false), new Repeat(0, true), new Repeat(1, true))) {
        if (!opcode.repeatsB() && !repeat.equals(Repeat.NONE)) {
          continue;
        }
        long[] x = residues(ring, opcode.hasSourceModulus() ? 1 : 0);
        long[] y = residues(ring, 0);
        long[] z = residues(ring, 0);
        x[0] = 0;
        x[1] = (opcode.hasSourceModulus() ? p : q).longValue() - 1;
        y[0] = q.longValue() - 1;
        z[1] = q.longValue() - 1;
        ProgramBuilder builder = LimbProgram.builder("wordwise", ring);
        Operand a = builder.input("a", degree).at(0);
        Operand b = builder.input("b", degree).at(0);
        Operand d = builder.update("d", degree).at(0);
        builder.append(
            new Instruction(
                opcode,
                0,
                opcode.hasSourceModulus() ? 1 : 0,
                repeat,
                0,
                opcode.hasConstant() ? c : 0,
                d,
                opcode.readsA() ? a : null,
                opcode.readsB() ? b : null));
        long[] got = Runs.on(ring, builder.build(), List.of(x, y, z)).get(2);
        for (int k = 0; k < degree; k++) {
          int r = k >> repeat.shift();
          int half = degree >> (repeat.shift() + 1);
          BigInteger bx = BigInteger.valueOf(x[k]);
          BigInteger by =
              BigInteger.valueOf(y[repeat.mirrored() && r >= half ? 2 * half - 1 - r : r]);
          BigInteger bc = BigInteger.valueOf(c);
          BigInteger expected =
              switch (opcode) {
                case MUL -> bx.multiply(by);
                case MAC -> BigInteger.valueOf(z[k]).add(bx.multiply(by));
                case ADD -> bx.add(by);
                case SUB -> bx.subtract(by);
                case NEG -> bx.negate();
                case SCALE -> bc.multiply(bx);
                case ADDC -> bx.add(bc);
                case REDUCE, COPY -> bx;
                case MACC -> BigInteger.valueOf(z[k]).add(bc.multiply(bx));
                case FILL -> bc;
                default -> throw new IllegalArgumentException(opcode.name());
              };
          assertThat(got[k])
              .as("%s %s word %d, seed %d", opcode, repeat, k, SEED)
              .isEqualTo(expected.mod(q).longValue());
        }
      }
    }
  }

  @Test
  void zerosAreCountedOverTheWholeProgram() {
    int degree = 64;
    LimbRing ring = RandomPrograms.ring(SEED, degree, 1, 30);
    ProgramBuilder builder = LimbProgram.builder("zeros", ring);
    Segment a = builder.input("a", 2L * degree);
    Segment t = builder.scratch("t", degree);
    builder.zeros(0, a.at(0)).zeros(0, a.at(degree)).fill(0, t.at(0), 0).zeros(0, t.at(0));
    long[] x = new long[2 * degree];
    java.util.Arrays.fill(x, 1);
    x[3] = 0;
    x[degree] = 0;
    x[degree + 1] = 0;
    try (LimbEngine engine = new JavaEngine(ring, 1 << 20)) {
      ProgramResult result = Runs.on(engine, builder.build(), Runs.copies(List.of(x)));
      assertThat(result.zeroWords()).isEqualTo(3 + degree);
      assertThat(result.nanosByOpcode()).containsOnlyKeys(Opcode.ZEROS, Opcode.FILL);
    }
  }
}
