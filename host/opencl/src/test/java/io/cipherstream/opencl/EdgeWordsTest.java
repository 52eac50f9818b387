package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Runs;
import io.cipherstream.ring.Segment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words at the edges of the ranges, with the largest moduli an arithmetic takes. */
@Tag("native")
class EdgeWordsTest {

  private static final long SEED = Long.getLong("seed", 31);

  /** The largest primes below 2^bits that are 1 modulo 2N. */
  private static LimbRing largest(int degree, int bits, int count) {
    List<Modulus> moduli = new ArrayList<>();
    long step = 2L * degree;
    for (long q = (1L << bits) - step + 1; moduli.size() < count; q -= step) {
      if (BigInteger.valueOf(q).isProbablePrime(64)) {
        moduli.add(new Modulus(q));
      }
    }
    return new LimbRing(degree, moduli);
  }

  /** More than twice the products that any arithmetic adds up before it reduces. */
  private static final int CHAIN = 130;

  /** d = NTT(a), e = INTT(a), f = a·a + d·a + 128 a·a, one chain. */
  private static LimbProgram program(LimbRing ring, int modulus) {
    int degree = ring.degree();
    ProgramBuilder builder = LimbProgram.builder("edges", ring);
    Segment a = builder.input("a", degree);
    Segment d = builder.output("d", degree);
    Segment e = builder.output("e", degree);
    Segment f = builder.output("f", degree);
    builder.ntt(modulus, d.at(0), a.at(0)).intt(modulus, e.at(0), a.at(0));
    builder.mul(modulus, f.at(0), a.at(0), a.at(0));
    builder.mac(modulus, f.at(0), d.at(0), a.at(0));
    for (int i = 2; i < CHAIN; i++) {
      builder.mac(modulus, f.at(0), a.at(0), a.at(0));
    }
    return builder.build();
  }

  @ParameterizedTest
  @CsvSource({
    "f64-limb,128,50", "f64-limb,1024,50", "f64-limb,2048,50", "f64-limb,32768,50",
    "f64-group11,4096,50", "f64-group11,16384,50", "u64-limb,1024,61", "u64-limb,8192,61",
    "u64-group11,8192,61", "u32-limb,1024,31", "u32-group11,4096,31"
  })
  void sameWords(String kernels, int degree, int bits) {
    LimbRing ring = largest(degree, bits, 2);
    SplittableRandom random = new SplittableRandom(SEED);
    OpenClOptions options = TestEngines.SMALL.withKernels(kernels);
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options);
        LimbEngine java = new JavaEngine(ring, 1 << 26)) {
      for (int modulus = 0; modulus < 2; modulus++) {
        long q = ring.modulus(modulus).value();
        List<IntToLongFunction> patterns =
            List.of(
                k -> q - 1,
                k -> q / 2,
                k -> q / 2 + 1,
                k -> k % 2 == 0 ? q - 1 : 0,
                k -> k < degree / 2 ? q / 2 : q / 2 + 1,
                k -> k == 0 ? q - 1 : 0,
                k -> random.nextBoolean() ? q / 2 : q / 2 + 1,
                k -> random.nextBoolean() ? q - 1 : 1);
        LimbProgram program = program(ring, modulus);
        for (int p = 0; p < patterns.size(); p++) {
          IntToLongFunction pattern = patterns.get(p);
          long[] words = new long[degree];
          for (int k = 0; k < degree; k++) {
            words[k] = pattern.applyAsLong(k);
          }
          List<long[]> expected =
              List.of(words, new long[degree], new long[degree], new long[degree]);
          List<long[]> got = Runs.copies(expected);
          Runs.on(java, program, expected);
          Runs.on(engine, program, got);
          for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i))
                .as("%s, %s, pattern %d, argument %d, seed %d", kernels, ring, p, i, SEED)
                .isEqualTo(expected.get(i));
          }
        }
      }
    }
  }
}
