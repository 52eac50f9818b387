package io.cipherstream.seal;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many sums of products that share their operands, as products of matrices have them: the words of
 * panels are the interpreter's.
 */
@Tag("native")
class ChainPanelsTest {

  /** A ring of sums: two sets of operands that meet the same factors. */
  private record Shape(int degree, int chains, int operands, Repeat repeat, double missing) {}

  @ParameterizedTest
  @CsvSource({
    "1024, 6, 9, 4, true, 0",
    "1024, 7, 40, 5, false, 0.2",
    "2048, 36, 24, 6, true, 0.1",
    "4096, 13, 96, 4, true, 0.05",
    "512, 5, 11, 6, false, 0.4",
    "4096, 4, 4200, 4, false, 0",
  })
  void sumsAreTheInterpreters(
      int degree, int chains, int operands, int shift, boolean mirrored, double missing) {
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    for (int bits : operands > 1000 ? new int[] {50} : new int[] {50, 47, 36, 29}) {
      LimbRing ring = EngineRuns.ring(random.nextLong(1 << 20), degree, bits);
      check(
          ring, new Shape(degree, chains, operands, new Repeat(shift, mirrored), missing), random);
    }
  }

  private static void check(LimbRing ring, Shape shape, SplittableRandom random) {
    long n = shape.degree();
    long p = ring.modulus(0).value();
    int words = shape.repeat().words(shape.degree());
    int limbs = Math.min(shape.operands(), 60);
    ProgramBuilder code = LimbProgram.builder("panels", ring);
    Segment x = code.input("x", 2L * limbs * n);
    Segment w = code.input("w", (long) shape.chains() * limbs * words);
    Segment y = code.output("y", 2L * shape.chains() * n);
    boolean[][] has = new boolean[shape.chains()][shape.operands()];
    for (boolean[] row : has) {
      for (int c = 0; c < row.length; c++) {
        row[c] = c == 0 || random.nextDouble() >= shape.missing();
      }
    }
    for (int poly = 0; poly < 2; poly++) {
      for (int r = 0; r < shape.chains(); r++) {
        for (int c = 0; c < shape.operands(); c++) {
          if (has[r][c]) {
            code.binary(
                c == 0 ? Opcode.MUL : Opcode.MAC,
                0,
                y.at((poly * shape.chains() + r) * n),
                x.at((poly * limbs + c % limbs) * n),
                w.at(((long) r * limbs + c % limbs) * words),
                shape.repeat());
          }
        }
      }
    }
    // What follows sums stays one group with them at times.
    if (random.nextBoolean()) {
      code.add(0, y.at(0), y.at(0), x.at(0));
    }
    EngineRuns.compare(
        ring,
        code.build(),
        List.of(
            residues(random, 2 * limbs * (int) n, p),
            residues(random, shape.chains() * limbs * words, p),
            new long[2 * shape.chains() * (int) n]));
  }

  /** Residues of which many are p − 1. */
  private static long[] residues(SplittableRandom random, int count, long p) {
    long[] words = new long[count];
    int often = random.nextInt(1, 5);
    for (int k = 0; k < count; k++) {
      words[k] = random.nextInt(often) == 0 ? p - 1 : random.nextLong(p);
    }
    return words;
  }
}
