package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.Segment.Access;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every rule of the contract, broken once. */
class ProgramChecksTest {

  private static final int N = 64;
  private final LimbRing ring = RandomPrograms.ring(1, N, 2, 30);
  private final ProgramBuilder builder = LimbProgram.builder("p", ring);
  private final Segment in = builder.input("in", 4 * N);
  private final Segment out = builder.output("out", 4 * N);
  private final Segment acc = builder.update("acc", 4 * N);
  private final Segment t = builder.scratch("t", 4 * N);

  private void refused(String text, Consumer<ProgramBuilder> broken) {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    for (Segment s : List.of(in, out, acc, t)) {
      b.segment(s.name(), s.access(), s.words());
    }
    b.fill(0, out.at(3 * N), 0);
    broken.accept(b);
    assertThatThrownBy(b::build).isInstanceOf(ProgramException.class).hasMessageContaining(text);
  }

  private static Instruction raw(
      Opcode opcode, Repeat repeat, long constant, int galois, @Nullable Operand b) {
    return new Instruction(
        opcode, 0, 0, repeat, galois, constant, new Operand(2, 0), new Operand(0, 0), b);
  }

  @Test
  void modulusIndices() {
    refused(
        "p, instruction 1 (COPY): it names modulus 2 of a table of 2",
        b -> b.copy(2, out.at(0), in.at(0)));
    refused("names modulus -1", b -> b.copy(-1, out.at(0), in.at(0)));
    refused("names source modulus 7", b -> b.reduce(0, out.at(0), in.at(0), 7));
    refused("names source modulus 2", b -> b.macc(0, acc.at(0), in.at(0), 2, 1));
  }

  @Test
  void operandsOfTheOpcode() {
    String text = "has other operands than its opcode wants";
    refused(text, b -> b.append(raw(Opcode.MUL, Repeat.NONE, 0, 0, null)));
    refused(text, b -> b.append(raw(Opcode.COPY, Repeat.NONE, 0, 0, new Operand(0, 8))));
    refused(
        text,
        b ->
            b.append(
                new Instruction(
                    Opcode.ZEROS, 0, 0, Repeat.NONE, 0, 0, new Operand(2, 0), in.at(0), null)));
  }

  @Test
  void operandsInsideTheirSegments() {
    refused("operand a names segment 4 of 4", b -> b.copy(0, out.at(0), new Operand(4, 0)));
    refused("operand a names segment -1", b -> b.copy(0, out.at(0), new Operand(-1, 0)));
    refused(
        "operand a at line 25 lies outside segment in of 32 lines",
        b -> b.copy(0, out.at(0), new Operand(0, 25)));
    refused("operand d at line -1 lies outside", b -> b.copy(0, new Operand(1, -1), in.at(0)));
    refused(
        "operand d at line " + Integer.MAX_VALUE,
        b -> b.copy(0, new Operand(1, Integer.MAX_VALUE), in.at(0)));
    refused(
        "operand b at line 32",
        b ->
            b.binary(Opcode.MUL, 0, out.at(0), in.at(0), new Operand(0, 32), new Repeat(3, false)));
    LimbProgram shortAtTheEnd =
        builder
            .binary(Opcode.MUL, 0, out.at(0), in.at(0), new Operand(0, 31), new Repeat(3, false))
            .build();
    assertThat(shortAtTheEnd.instructions()).hasSize(1);
  }

  @Test
  void inputsAreNotWritten() {
    refused("writes to input segment in", b -> b.fill(0, in.at(0), 1));
  }

  @Test
  void constantsAndGaloisElements() {
    long q = ring.modulus(0).value();
    refused("constant " + q + ", expected one in [0, q)", b -> b.fill(0, out.at(0), q));
    refused("constant " + q + ", expected", b -> b.macc(0, acc.at(0), in.at(0), 1, q));
    refused("constant -1", b -> b.scale(0, out.at(0), in.at(0), -1));
    refused("constant 5", b -> b.append(raw(Opcode.COPY, Repeat.NONE, 5, 0, null)));
    refused("Galois element 4, expected an odd", b -> b.perm(0, out.at(0), in.at(0), 4));
    refused("Galois element 129", b -> b.perm(0, out.at(0), in.at(0), 2 * N + 1));
    refused("Galois element -1", b -> b.perm(0, out.at(0), in.at(0), -1));
    refused("Galois element 3", b -> b.append(raw(Opcode.COPY, Repeat.NONE, 0, 3, null)));
  }

  @Test
  void repeatsLeaveALine() {
    for (Repeat repeat :
        List.of(
            new Repeat(4, false),
            new Repeat(3, true),
            new Repeat(31, true),
            new Repeat(31, false),
            new Repeat(-1, false))) {
      refused(
          "which leaves less than a line or is not allowed here",
          b -> b.append(raw(Opcode.MUL, repeat, 0, 0, new Operand(0, 8))));
    }
    refused("not allowed here", b -> b.append(raw(Opcode.COPY, new Repeat(1, false), 0, 0, null)));
  }

  @Test
  void resultsOverlapOperandsWhollyOrNotAtAll() {
    String text = "result and operand overlap";
    refused(text, b -> b.add(0, acc.at(0), acc.at(8), in.at(0)));
    refused(text, b -> b.add(0, acc.at(8), in.at(0), acc.at(0)));
    refused(text, b -> b.macc(0, acc.at(0), acc.at(0), 1, 1));
    refused(text, b -> b.perm(0, acc.at(0), acc.at(0), 3));
    refused(text, b -> b.copy(0, acc.at(0), acc.at(0)));
    refused(text, b -> b.mac(0, acc.at(0), acc.at(0), in.at(0)));
    refused(
        text, b -> b.binary(Opcode.MUL, 0, acc.at(0), in.at(0), acc.at(0), new Repeat(1, false)));
    refused(
        text,
        b -> b.binary(Opcode.MUL, 0, acc.at(0), in.at(0), acc.at(N - 8), new Repeat(3, false)));
    builder.add(0, acc.at(0), acc.at(0), acc.at(0)).ntt(0, acc.at(0), acc.at(0));
    builder.binary(Opcode.MUL, 0, acc.at(0), in.at(0), acc.at(N), new Repeat(3, false));
    assertThat(builder.build().instructions()).hasSize(3);
  }

  @Test
  void nothingIsReadBeforeItIsWritten() {
    String text = "before it is written";
    refused("reads operand a in segment t " + text, b -> b.copy(0, acc.at(0), t.at(0)));
    refused("reads operand a in segment out " + text, b -> b.zeros(0, out.at(0)));
    refused("reads operand d in segment t " + text, b -> b.mac(0, t.at(0), in.at(0), in.at(0)));
    refused(
        "reads operand b in segment t " + text,
        b -> b.fill(0, t.at(0), 1).add(0, acc.at(0), in.at(0), t.at(8)));
    builder.fill(0, t.at(0), 1).fill(0, t.at(N), 1).copy(0, acc.at(0), t.at(8));
    assertThat(builder.build().instructions()).hasSize(3);
  }

  @Test
  void segmentsAreNumberedAndWholeLinesLong() {
    for (Segment odd :
        List.of(
            new Segment(1, "s", Access.INPUT, 8),
            new Segment(0, "s", Access.INPUT, 12),
            new Segment(0, "s", Access.INPUT, 0))) {
      assertThatThrownBy(() -> new LimbProgram("p", ring, List.of(odd), List.of(), new int[] {0}))
          .isInstanceOf(ProgramException.class)
          .hasMessageContaining("expected that number and whole lines");
    }
    ProgramBuilder b = LimbProgram.builder("p", ring);
    b.input("s", 1L << 40);
    assertThatThrownBy(b::build)
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("is too long");
  }
}
