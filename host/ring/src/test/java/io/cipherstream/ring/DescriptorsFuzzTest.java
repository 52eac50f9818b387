package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DescriptorsFuzzTest {

  private static final long SEED = 1234;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final LimbRing ring = RandomPrograms.ring(SEED, 32, 3, 40);

  @Test
  void programsSurviveTheirBinaryForm() {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    for (int run = 0; run < 30; run++) {
      LimbProgram p = programs.next(100);
      ByteBuffer bytes = p.descriptors();
      assertThat(bytes.remaining()).isEqualTo(100 * DescriptorLayout.BYTES);
      LimbProgram parsed = LimbProgram.parse("parsed", ring, p.segments(), bytes);
      assertThat(parsed.instructions()).isEqualTo(p.instructions());
      assertThat(parsed.descriptors()).isEqualTo(p.descriptors());
    }
  }

  /** What parses is valid and has that very binary form; everything else is a ProgramException. */
  @Test
  void otherBytesAreRefusedOrMeanWhatTheySay() {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    int parsed = 0;
    int refused = 0;
    for (int run = 0; run < 20_000; run++) {
      LimbProgram p = programs.next(1 + random.nextInt(6));
      byte[] bytes = new byte[p.descriptors().remaining()];
      p.descriptors().get(bytes);
      if (run % 10 == 0) {
        random.nextBytes(bytes);
      }
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) (bytes[at] ^ (1 << random.nextInt(8)));
      }
      try {
        LimbProgram back = LimbProgram.parse("fuzz", ring, p.segments(), ByteBuffer.wrap(bytes));
        assertThat(back.descriptors()).as("seed %d", SEED).isEqualTo(ByteBuffer.wrap(bytes));
        parsed++;
      } catch (ProgramException e) {
        assertThat(e).hasMessageNotContaining("null");
        refused++;
      }
    }
    assertThat(parsed).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void refusalsSayWhatCameAndWhere() {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    LimbProgram p = programs.next(3);
    assertThatThrownBy(() -> LimbProgram.parse("x", ring, p.segments(), ByteBuffer.allocate(65)))
        .isInstanceOf(ProgramException.class)
        .hasMessage("descriptor list of 65 bytes, expected a multiple of 64");
    assertThatThrownBy(() -> LimbProgram.parse("x", ring, p.segments(), ByteBuffer.allocate(64)))
        .isInstanceOf(ProgramException.class)
        .hasMessage("descriptor 0: no instruction has the opcode 0");
    ByteBuffer odd = ByteBuffer.allocate(3 * 64).put(p.descriptors()).flip();
    odd.put(2 * 64 + 63, (byte) 1);
    assertThatThrownBy(() -> LimbProgram.parse("x", ring, p.segments(), odd))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("descriptor 2")
        .hasMessageEndingWith("a field that the instruction does not use is not zero");
  }
}
