package io.cipherstream.bench.cycles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Predictions beside what the blocks' READMEs in {@code fpga} say was measured in simulation. */
class CyclePredictionTest {

  private static final long SEED = 515;
  private static final MemoryShape QUICK_MEMORY = MemoryShape.unlimited(1);

  private static CoreShape core(int lanes, int busWords, int window) {
    return new CoreShape(50, 10, 13, lanes, 1, 2, 4, 2, busWords, 32, 128, window, 26, 17, 1);
  }

  private static LimbProgram repeated(LimbRing ring, Opcode opcode, int count) {
    ProgramBuilder code = LimbProgram.builder(opcode.name(), ring);
    long n = ring.degree();
    Segment a = code.input("a", count * n);
    Segment b = code.input("b", count * n);
    Segment d = code.update("d", count * n);
    for (int i = 0; i < count; i++) {
      Operand to = d.at(i * n);
      Operand from = a.at(i * n);
      var unused =
          switch (opcode) {
            case NTT -> code.ntt(0, to, from);
            case PERM -> code.perm(0, to, from, 3);
            case MAC -> code.binary(opcode, 0, to, from, b.at(0), new Repeat(3, false));
            default -> code.mul(0, to, from, b.at(i * n));
          };
    }
    return code.build();
  }

  private static LimbRing ring(int degree) {
    return RandomPrograms.ring(SEED, degree, 2, 50);
  }

  @ParameterizedTest
  @CsvSource({"4, 217111", "16, 54295"})
  void aBatchOfTransformsTakesWhatTheUnitWasMeasuredAt(int lanes, double measured) {
    Prediction p =
        CyclePrediction.of(repeated(ring(8192), Opcode.NTT, 16), core(lanes, 16, 16), QUICK_MEMORY);
    assertThat(p.cycles()).isCloseTo(measured, withinPercentage(2));
    assertThat(p.butterflyBound()).isEqualTo(16 * 13 * 4096.0 / lanes);
    assertThat(p.both()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"MUL, 16409", "MAC, 16409", "PERM, 16470"})
  void wordWiseInstructionsInARowFollowWithoutAGap(Opcode opcode, double measured) {
    Prediction p =
        CyclePrediction.of(repeated(ring(1024), opcode, 32), core(2, 8, 16), QUICK_MEMORY);
    assertThat(p.cycles()).isCloseTo(measured, withinPercentage(5));
    assertThat(p.beats()).isEqualTo(32 * 512);
    double limb = 1024 * 8;
    assertThat(p.bytes().get(Port.D_WRITE)).isCloseTo(32 * limb, withinPercentage(0.01));
    double expectedB = opcode == Opcode.MUL ? 32 * limb : opcode == Opcode.MAC ? 32 * limb / 8 : 0;
    assertThat(p.bytes().getOrDefault(Port.B, 0.0)).isCloseTo(expectedB, withinPercentage(0.01));
  }

  @Test
  void whatDependsWaitsForTheMemoryTwice() {
    LimbRing ring = ring(1024);
    ProgramBuilder code = LimbProgram.builder("chain", ring);
    Segment d = code.update("d", 1024);
    for (int i = 0; i < 8; i++) {
      var unused = code.neg(0, d.at(0), d.at(0));
    }
    LimbProgram program = code.build();
    double near = CyclePrediction.of(program, core(4, 8, 16), QUICK_MEMORY).cycles();
    double far = CyclePrediction.of(program, core(4, 8, 16), MemoryShape.unlimited(101)).cycles();
    // Eight times there and back, three reads of tables.
    assertThat(far - near).isEqualTo((8 * 2 + 3) * 100);
  }

  @Test
  void theMemorysBandwidthIsALimit() {
    LimbProgram program = repeated(ring(8192), Opcode.MUL, 16);
    // Two operands and a result of 32 bytes a cycle each, on half of what they ask for.
    double free = CyclePrediction.of(program, core(4, 8, 16), QUICK_MEMORY).cycles();
    double tight = CyclePrediction.of(program, core(4, 8, 16), new MemoryShape(1, 48)).cycles();
    assertThat(tight).isCloseTo(2 * free, withinPercentage(2));
  }

  /** A transform behind a full window of slow work starts late, in a larger window at once. */
  @Test
  void onlyTheWindowIsSearchedForWork() {
    LimbRing ring = ring(8192);
    ProgramBuilder code = LimbProgram.builder("window", ring);
    Segment d = code.update("d", 17 * 8192);
    for (int i = 0; i < 16; i++) {
      var unused = code.neg(0, d.at(0), d.at(0));
    }
    LimbProgram program = code.ntt(0, d.at(16 * 8192), d.at(16 * 8192)).build();
    double narrow = CyclePrediction.of(program, core(4, 8, 2), QUICK_MEMORY).cycles();
    double wide = CyclePrediction.of(program, core(4, 8, 32), QUICK_MEMORY).cycles();
    assertThat(narrow - wide).isGreaterThan(13_000);
  }

  @Test
  void aDegreeTheCoreIsNotMadeForIsRefused() {
    LimbProgram program = repeated(ring(16384), Opcode.MUL, 1);
    assertThatThrownBy(() -> CyclePrediction.of(program, core(4, 8, 16), QUICK_MEMORY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("degree 16384 on a core for 2^10 to 2^13");
  }
}
