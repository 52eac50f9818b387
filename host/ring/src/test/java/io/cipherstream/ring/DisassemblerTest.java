package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisassemblerTest {

  @Test
  void oneLineAnInstruction() {
    int n = 128;
    LimbRing ring = RandomPrograms.ring(1, n, 3, 40);
    ProgramBuilder b = LimbProgram.builder("example", ring);
    Segment x = b.input("x", 2 * n);
    Segment w = b.input("w", 2 * n);
    Segment acc = b.update("acc", 4 * n);
    Segment t = b.scratch("t", n);
    b.ntt(0, t.at(0), x.at(n)).intt(0, t.at(0), t.at(0));
    b.binary(Opcode.MUL, 1, acc.at(0), x.at(8), w.at(8), new Repeat(0, true));
    b.task();
    b.binary(Opcode.MAC, 2, acc.at(3L * n), x.at(n), w.at(64), new Repeat(3, true));
    b.binary(Opcode.MAC, 2, acc.at(3L * n), x.at(n), w.at(64), new Repeat(4, false));
    b.add(0, t.at(0), x.at(0), x.at(n)).sub(0, t.at(0), t.at(0), x.at(n)).neg(0, t.at(0), t.at(0));
    b.scale(0, t.at(0), t.at(0), 17).addc(0, t.at(0), t.at(0), 18);
    b.task();
    b.reduce(0, t.at(0), x.at(0), 2).perm(0, acc.at(0), t.at(0), 5).copy(0, acc.at(n), t.at(0));
    b.fill(2, t.at(0), 99).zeros(2, t.at(0)).macc(2, t.at(0), x.at(0), 1, 7);
    String primes =
        String.format(
            "  q0 = %s%n  q1 = %s%n  q2 = %s%n", ring.modulus(0), ring.modulus(1), ring.modulus(2));
    assertThat(Disassembler.text(b.build()).replace(primes, ""))
        .isEqualToNormalizingNewlines(
            """
            limb program example, ring of degree 128
              segment 0  input    x, 256 words
              segment 1  input    w, 256 words
              segment 2  update   acc, 512 words
              segment 3  scratch  t, 128 words
            task 0
                 0  NTT    q0   t[0] = ntt x[1]
                 1  INTT   q0   t[0] = intt t[0]
                 2  MUL    q1   acc[0] = x[@1] * w[@1 mirrored]
            task 1
                 3  MAC    q2   acc[3] += x[1] * w[@8 >>3 mirrored]
                 4  MAC    q2   acc[3] += x[1] * w[@8 >>4]
                 5  ADD    q0   t[0] = x[0] + x[1]
                 6  SUB    q0   t[0] = t[0] - x[1]
                 7  NEG    q0   t[0] = -t[0]
                 8  SCALE  q0   t[0] = 17 * t[0]
                 9  ADDC   q0   t[0] = t[0] + 18
            task 2
                10  REDUCE q0   t[0] = x[0] of q2
                11  PERM   q0   acc[0] = t[0] by X -> X^5
                12  COPY   q0   acc[1] = t[0]
                13  FILL   q2   t[0] = 99
                14  ZEROS  q2   zeros += zeros of t[0]
                15  MACC   q2   t[0] += 7 * x[0] of q1
            """);
  }
}
