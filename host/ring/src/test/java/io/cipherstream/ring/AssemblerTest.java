package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssemblerTest {

  private static final String HEAD =
      """
      limb program example, ring of degree 128
        q0 = prime of 40 bits
        q1 = prime of 40 bits
        input x, 2 limbs
        output y, 256 words
      """;

  @Test
  void whatTheDisassemblerPrintsIsTheSameProgram() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("AssemblerTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      LimbRing ring = RandomPrograms.ring(random.nextLong(), 16 << random.nextInt(7), 3, 40);
      LimbProgram program =
          new RandomPrograms(random.nextLong(), ring).next(1 + random.nextInt(300));
      String text = Disassembler.text(program);
      LimbProgram again = Assembler.program(text);
      assertThat(again.name()).isEqualTo(program.name());
      assertThat(again.ring()).isEqualTo(ring);
      assertThat(again.segments()).as("seed %d", seed).isEqualTo(program.segments());
      assertThat(again.instructions()).as("seed %d", seed).isEqualTo(program.instructions());
      assertThat(again.tasks()).isEqualTo(program.tasks());
      for (int task = 0; task < again.tasks(); task++) {
        assertThat(again.taskStart(task)).isEqualTo(program.taskStart(task));
      }
      assertThat(Disassembler.text(again)).isEqualTo(text);
    }
  }

  @Test
  void numbersTasksAndCommentsMayBeLeftOut() {
    LimbProgram program =
        Assembler.program(
            """
            # A product of polynomials modulo X^128 + 1.
            limb program product, ring of degree 128

            q0 = prime of 40 bits   # the largest
            q1 = prime of 40 bits
            input x, 2 limbs
            output y, 1 limb
            scratch t, 256 words
            ntt q1  t[0] = ntt x[0]
            NTT q1  t[1] = ntt x[1]
            task
            MUL q1  t[@0] = t[0] * t[@16]
            3 INTT q1 y[0] = intt t[0]
            """);
    assertThat(program.ring().moduli()).extracting(Modulus::bits).containsExactly(40, 40);
    long first = program.ring().modulus(0).value();
    long second = program.ring().modulus(1).value();
    assertThat(first).isGreaterThan(second);
    for (long q = first + 256; q < 1L << 40; q += 256) {
      assertThat(BigInteger.valueOf(q).isProbablePrime(50)).isFalse();
    }
    Segment x = new Segment(0, "x", Segment.Access.INPUT, 256);
    Segment t = new Segment(2, "t", Segment.Access.SCRATCH, 256);
    assertThat(program.segments()).contains(x, t).hasSize(3);
    ProgramBuilder b = LimbProgram.builder("product", program.ring());
    b.input("x", 256);
    Segment y = b.output("y", 128);
    b.scratch("t", 256);
    b.ntt(1, t.at(0), x.at(0)).ntt(1, t.at(128), x.at(128));
    b.task().mul(1, t.at(0), t.at(0), t.at(128)).intt(1, y.at(0), t.at(0));
    assertThat(program.instructions()).isEqualTo(b.build().instructions());
    assertThat(program.tasks()).isEqualTo(2);
  }

  @Test
  void namesThatAreNoneOrNotUniqueArePrintedAsNumbers() {
    ProgramBuilder b = LimbProgram.builder("names", RandomPrograms.ring(1, 16, 1, 30));
    Segment one = b.input("x", 16);
    Segment two = b.input("x", 16);
    Segment three = b.output("sum of both", 16);
    b.add(0, three.at(0), one.at(0), two.at(0));
    String text = Disassembler.text(b.build());
    assertThat(text).contains("segment2[0] = segment0[0] + segment1[0]");
    assertThat(Assembler.program(text).instructions()).isEqualTo(b.build().instructions());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "NTT q0 y[0] = ntt z[0]|line 6: 'z', expected a segment declared above",
        "NTT q0 y[0] = intt x[0]|line 6: 'y[0] = intt x[0]', expected NTT as in y[0] = ntt x[0]",
        "TTN q0 y[0] = ntt x[0]|line 6: 'TTN', expected one of [NTT, INTT,",
        "3 NTT q0 y[0] = ntt x[0]|line 6: 'instruction 3', expected instruction 0",
        "MAC q0 y[0] += x[0] * x[1]|line 6: example, instruction 0 (MAC): it reads operand d in",
        "NTT q0 x[0] = ntt x[1]|line 6: example, instruction 0 (NTT): it writes to input segment",
        "NTT q7 y[0] = ntt x[1]|line 6: example, instruction 0 (NTT): it names modulus 7",
        "NTT q0 y[0] = ntt x[2]|line 6: example, instruction 0 (NTT): it operand a at line 32",
        "NTT q0 y[0] = ntt x[@8 >>2]|line 6: 'x[@8 >>2]', expected a whole limb",
        "MUL q0 y[0] = x[0] * x[0 mirrored]|line 6: 'x[0 mirrored]', expected x[limb], x[@line]",
        "FILL q0 y[0] = 1099511627776|line 6: example, instruction 0 (FILL): it has the constant",
        "FILL q0 y[0] = 99999999999999999999|line 6: '99999999999999999999', expected at most",
        "input x, 3 limbs|line 6: 'x', expected a name that no other segment has",
        "output z, 3 limps|line 6: 'output z, 3 limps', expected a segment (input x, 2 limbs)",
        "output z, 3 words|line 6: '3 words', expected a multiple of 8",
        "q2 = 12|line 6: 'q2 = 12', expected a segment (input x, 2 limbs)",
        "segment 4 input z, 1 limb|line 6: 'segment 4', expected segment 2"
      })
  void whatIsWrongIsNamedWithItsLine(String last, String message) {
    String text = HEAD + last + "\n";
    assertThatThrownBy(() -> Assembler.program(text))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~|an empty text, expected: limb program NAME",
        "program x|line 1: 'program x', expected limb program NAME, ring of degree N",
        "limb program x, ring of degree 100|line 1: 'ring of degree 100', expected a power of two",
        "limb program x, ring of degree 1024;q0 = 15|line 2: 'q0 = 15', expected a prime that is 1",
        "limb program x, ring of degree 1024;q0 = 13;task|line 3: 'the moduli before this line'",
        "limb program x, ring of degree 1024;q0 = prime of 8 bits|no further one of 8 bits",
        "limb program x, ring of degree 1024;q1 = prime of 50 bits|'modulus 1', expected modulus 0",
        "limb program x, ring of degree 1024;input x, 1 limb|0 moduli, expected 1 to 64",
        "limb program x, ring of degree 1024;q0 = prime of 50 bits;q0 = 5|expected modulus 1"
      })
  void aHeadThatIsWrongIsNamed(String lines, String message) {
    String text = lines.replace(';', '\n');
    assertThatThrownBy(() -> Assembler.program(text))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining(message);
  }
}
