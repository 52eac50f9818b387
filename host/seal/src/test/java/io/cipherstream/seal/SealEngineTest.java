package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import io.cipherstream.seal.EngineRuns.Outcome;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine runs together leaves the words of the instructions one after the other. */
@Tag("native")
class SealEngineTest {

  private static final int INPUTS = 40;
  private static final int OUTPUTS = 8;

  /** A program over limbs in0 … of residues of modulus 0 and limbs out0 … . */
  private record Limbs(LimbRing ring, ProgramBuilder code, Segment in, Segment out) {
    Operand in(int limb) {
      return in.at((long) limb * ring.degree());
    }

    Operand out(int limb) {
      return out.at((long) limb * ring.degree());
    }
  }

  private static void check(LimbRing ring, long seed, Consumer<Limbs> body) {
    ProgramBuilder code = LimbProgram.builder("directed", ring);
    Segment in = code.input("in", (long) INPUTS * ring.degree());
    Segment out = code.update("out", (long) OUTPUTS * ring.degree());
    body.accept(new Limbs(ring, code, in, out));
    LimbProgram program = code.build();
    List<long[]> data = new RandomPrograms(seed, ring).data(program);
    EngineRuns.compare(ring, program, data);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void transformsInAndOutOfPlaceAtEveryPrimeLength(int degree) {
    long seed = EngineRuns.seed();
    for (int bits : new int[] {18, 22, 30, 36, 38, 40, 45, 46, 47, 49, 50, 51, 60, 61}) {
      if (1L << (bits - 1) < 8L * degree) {
        continue; // too few primes
      }
      check(
          EngineRuns.ring(seed, degree, bits),
          seed,
          x -> {
            x.code.ntt(0, x.out(0), x.in(0)).intt(0, x.out(1), x.in(1));
            x.code.copy(0, x.out(2), x.in(2)).copy(0, x.out(3), x.in(3));
            x.code.ntt(0, x.out(2), x.out(2)).intt(0, x.out(3), x.out(3));
            x.code.ntt(0, x.out(4), x.in(4)).intt(0, x.out(4), x.out(4));
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 25", "32, 50", "64, 50", "1024, 50", "8192, 50", "8192, 61", "8192, 38"})
  void liftsFromEveryModulusToEveryOther(int degree, int first) {
    long seed = EngineRuns.seed();
    LimbRing ring = EngineRuns.ring(seed, degree, first, 22, 38, 50, 51, 53, 60, 61);
    for (int to = 1; to < ring.moduli().size(); to++) {
      int m = to;
      long constant = ring.modulus(to).value() - 1;
      check(
          ring,
          seed + to,
          x -> {
            x.code.reduce(m, x.out(0), x.in(0), 0).ntt(m, x.out(0), x.out(0));
            x.code.reduce(m, x.out(1), x.in(1), 0).addc(m, x.out(1), x.out(1), constant);
            x.code.ntt(m, x.out(1), x.out(1));
            x.code.reduce(m, x.out(2), x.in(2), 0).addc(m, x.out(2), x.out(2), constant);
            x.code.ntt(m, x.out(3), x.out(2)); // of another limb: nothing to run together
            x.code.reduce(m, x.out(4), x.in(4), 0).ntt(m, x.out(5), x.out(4));
            x.code.copy(0, x.out(6), x.in(6)).reduce(m, x.out(6), x.out(6), 0);
            x.code.ntt(m, x.out(6), x.out(6));
            x.code.reduce(m, x.out(7), x.in(7), 0);
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16, 50, 3",
    "32, 50, 17",
    "64, 50, 9",
    "128, 38, 40",
    "1024, 50, 1",
    "1024, 50, 2",
    "1024, 50, 15",
    "1024, 50, 16",
    "1024, 50, 1100",
    "1024, 24, 40",
    "1024, 49, 5",
    "1024, 61, 130",
    "1024, 60, 61",
    "8192, 38, 33",
    "8192, 50, 33"
  })
  void chainsOfProducts(int degree, int bits, int products) {
    long seed = EngineRuns.seed();
    SplittableRandom random = new SplittableRandom(seed);
    LimbRing ring = EngineRuns.ring(seed, degree, bits);
    List<Repeat> repeats = EngineRuns.repeats(degree);
    check(ring, seed, x -> chain(x, random, x.out(0), products, repeats, true));
    check(ring, seed, x -> chain(x, random, x.out(0), products, repeats, false));
    for (Repeat repeat : repeats) {
      check(ring, seed, x -> chain(x, random, x.out(0), products, List.of(repeat), true));
    }
  }

  /** d = [d +] Σ in·in, operands repeated in those ways. */
  private static void chain(
      Limbs x,
      SplittableRandom random,
      Operand d,
      int products,
      List<Repeat> repeats,
      boolean fresh) {
    for (int i = 0; i < products; i++) {
      Repeat repeat = repeats.get(random.nextInt(repeats.size()));
      x.code.binary(
          i == 0 && fresh ? Opcode.MUL : Opcode.MAC,
          0,
          d,
          x.in(random.nextInt(INPUTS)),
          x.in(random.nextInt(INPUTS)),
          repeat);
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 50", "32, 38", "64, 50", "1024, 50", "1024, 38", "2048, 50", "1024, 60"})
  void neighbouringChainsThatShareOperands(int degree, int bits) {
    long seed = EngineRuns.seed();
    LimbRing ring = EngineRuns.ring(seed, degree, bits);
    for (Repeat repeat : EngineRuns.repeats(degree)) {
      for (int products : new int[] {1, 7, 8, 20}) {
        for (int shared : new int[] {0, products / 2, products - 1, products}) {
          check(
              ring,
              seed,
              x -> {
                for (int c = 0; c < 3; c++) {
                  for (int i = 0; i < products; i++) {
                    x.code.binary(
                        i == 0 && c != 1 ? Opcode.MUL : Opcode.MAC,
                        0,
                        x.out(c),
                        x.in(i < shared ? i : i + 7 * c),
                        x.in((3 * i + c) % INPUTS),
                        i % 5 == 4 ? Repeat.NONE : repeat);
                  }
                }
              });
        }
      }
    }
  }

  @Test
  void chainsThatReadWhatTheirNeighboursWrite() {
    long seed = EngineRuns.seed();
    int products = 12;
    check(
        EngineRuns.ring(seed, 1024, 50),
        seed,
        x -> {
          for (int c = 0; c < 4; c++) { // the second and fourth read the first's result
            for (int i = 0; i < products; i++) {
              boolean result = i == 5 && c % 2 == 1;
              x.code.binary(
                  i == 0 ? Opcode.MUL : Opcode.MAC,
                  0,
                  x.out(c),
                  result ? x.out(0) : x.in(i),
                  x.in(i + c),
                  Repeat.NONE);
            }
          }
          for (int i = 0; i < products; i++) { // begins in place
            x.code.binary(
                i == 0 ? Opcode.MUL : Opcode.MAC,
                0,
                x.out(1),
                i == 0 ? x.out(1) : x.in(i),
                x.in(i),
                Repeat.NONE);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 1024, 4096})
  void wordWiseInstructionsThatOverlapInPart(int degree) {
    long seed = EngineRuns.seed();
    LimbRing ring = EngineRuns.ring(seed, degree, 50);
    check(
        ring,
        seed,
        x -> {
          Segment out = x.out;
          long n = degree;
          x.code.add(0, out.at(0), x.in(0), x.in(1));
          x.code.mul(0, out.at(n + 8), x.in(2), x.in(3)); // then read one line off
          x.code.sub(0, out.at(3 * n), out.at(n + 8), x.in(4));
          x.code.neg(0, out.at(8), out.at(3 * n)); // across the first two
          x.code.scale(0, out.at(4 * n), out.at(8), 5);
          x.code.binary(
              Opcode.ADD, 0, out.at(5 * n), out.at(4 * n), out.at(8), EngineRuns.line(degree));
          x.code.addc(0, out.at(5 * n), out.at(5 * n), 7).zeros(0, out.at(5 * n));
          x.code.binary(
              Opcode.SUB, 0, out.at(6 * n), out.at(5 * n), out.at(5 * n), EngineRuns.line(degree));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64, 1024})
  void everyAutomorphism(int degree) {
    long seed = EngineRuns.seed();
    LimbRing ring = EngineRuns.ring(seed, degree, 30);
    for (int g = 1; g < 2 * degree; g += degree > 64 ? 38 : 2) {
      int galois = g;
      check(ring, seed, x -> x.code.perm(0, x.out(0), x.in(0), galois));
    }
  }

  @Test
  void reportsTimesAndZeros() {
    LimbRing ring = EngineRuns.ring(1, 1024, 38);
    ProgramBuilder code = LimbProgram.builder("times", ring);
    Segment out = code.output("out", 2048);
    code.fill(0, out.at(0), 0).zeros(0, out.at(0)).ntt(0, out.at(1024), out.at(0));
    code.zeros(0, out.at(1024));
    LimbProgram program = code.build();
    for (LimbEngine engine : List.of(new SealEngine(ring), SealEngine.withPortableKernels(ring))) {
      try (engine) {
        Outcome outcome = EngineRuns.run(engine, program, List.of(new long[2048]));
        assertThat(outcome.result().zeroWords()).isEqualTo(2048);
        assertThat(outcome.result().nanosByOpcode()).containsKey(Opcode.NTT);
        assertThat(outcome.result().nanosByOpcode().keySet())
            .isSubsetOf(Opcode.FILL, Opcode.ZEROS, Opcode.NTT);
      }
    }
  }

  @Test
  void nativeTablesGoWithTheEngine() {
    long before = SealArithmetic.liveObjects();
    LimbRing ring = EngineRuns.ring(1, 1024, 38, 60);
    SealEngine engine = new SealEngine(ring);
    assertThat(SealArithmetic.liveObjects()).isEqualTo(before + 1);
    String device = engine.capabilities().device();
    assertThat(device).contains("SEAL " + SealInfo.version());
    assertThat(engine.name())
        .as("of kernels as this processor has: %s", device)
        .isEqualTo(device.contains("portable") ? "seal-limb-portable" : "seal-limb");
    LimbBuffer buffer = engine.allocate(1024);
    ProgramBuilder code = LimbProgram.builder("late", ring);
    code.fill(0, code.output("out", 1024).at(0), 0);
    LimbProgram program = code.build();
    engine.close();
    engine.close();
    assertThat(SealArithmetic.liveObjects()).isEqualTo(before);
    assertThatThrownBy(() -> engine.submit(program, List.of(LimbView.of(buffer))))
        .isInstanceOf(IllegalStateException.class);
  }
}
