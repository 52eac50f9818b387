package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of README.md are those that the build generates from limb-program.xml. */
class ReadmeTest {

  private static final Path TABLES =
      Path.of("target/generated-sources/limb-program/markdown/limb-program.md");
  private static final Pattern MARKED =
      Pattern.compile(
          "<!-- limb-program: begin -->\n(.*)<!-- limb-program: end -->", Pattern.DOTALL);

  @Test
  void tablesAreTheGeneratedOnes() throws Exception {
    Matcher marked = MARKED.matcher(Files.readString(Path.of("README.md")));
    assertThat(marked.find()).as("README.md has the two markers").isTrue();
    assertThat(marked.group(1))
        .as("between the markers of host/ring/README.md belongs the content of %s", TABLES)
        .isEqualTo(Files.readString(TABLES));
  }

  /** The disassembly that the document shows is that of the program it describes. */
  @Test
  void theRotationShownIsThisProgram() throws Exception {
    int n = 8192;
    int limbs = 2;
    int special = 2;
    LimbRing ring = RandomPrograms.ring(1, n, 3, 38);
    ProgramBuilder b = LimbProgram.builder("rotation", ring);
    Segment c = b.input("c", 2L * limbs * n);
    Segment key = b.input("key", 2L * limbs * (limbs + 1) * n);
    Segment out = b.output("out", 2L * limbs * n);
    Segment turned = b.scratch("turned", (long) limbs * n);
    Segment digits = b.scratch("digits", (long) limbs * n);
    Segment lifted = b.scratch("lifted", n);
    Segment sums = b.scratch("sums", 2L * (limbs + 1) * n);
    int galois = 3;
    for (int i = 0; i < limbs; i++) {
      b.perm(i, turned.at((long) i * n), c.at((long) (limbs + i) * n), galois);
      b.intt(i, digits.at((long) i * n), turned.at((long) i * n));
    }
    for (int i = 0; i <= limbs; i++) {
      b.task();
      for (int j = 0; j < limbs; j++) {
        Operand digit = i == j ? turned.at((long) j * n) : lifted.at(0);
        if (i != j) {
          b.reduce(i, digit, digits.at((long) j * n), j).ntt(i, digit, digit);
        }
        for (int p = 0; p < 2; p++) {
          Operand sum = sums.at((long) (p * (limbs + 1) + i) * n);
          Operand word = key.at((long) ((2 * j + p) * (limbs + 1) + i) * n);
          b.binary(j == 0 ? Opcode.MUL : Opcode.MAC, i, sum, digit, word, Repeat.NONE);
        }
      }
    }
    for (int p = 0; p < 2; p++) {
      b.task();
      Operand last = sums.at((long) (p * (limbs + 1) + limbs) * n);
      b.intt(special, last, last);
      b.addc(special, last, last, ring.modulus(special).value() / 2);
      for (int i = 0; i < limbs; i++) {
        Modulus q = ring.modulus(i);
        long rest = ring.modulus(special).value() % q.value();
        Operand result = out.at((long) (p * limbs + i) * n);
        Operand sum = sums.at((long) (p * (limbs + 1) + i) * n);
        b.reduce(i, lifted.at(0), last, special);
        b.addc(
            i, lifted.at(0), lifted.at(0), q.negate(ring.modulus(special).value() / 2 % q.value()));
        b.ntt(i, lifted.at(0), lifted.at(0)).sub(i, sum, sum, lifted.at(0));
        b.scale(i, result, sum, q.inverse(rest));
        if (p == 0) {
          b.perm(i, lifted.at(0), c.at((long) i * n), galois);
          b.add(i, result, result, lifted.at(0));
        }
      }
    }
    String text = Disassembler.text(b.build());
    assertThat(Files.readString(Path.of("README.md"))).contains(text);
  }
}
