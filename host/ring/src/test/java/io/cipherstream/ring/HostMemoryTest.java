package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept for reuse, and that it stays within its limits. */
class HostMemoryTest {

  private static final int LIMIT = 64 * 1024;
  private final LimbRing ring = RandomPrograms.ring(1, 64, 2, 40);
  private final JavaEngine engine = new JavaEngine(ring, LIMIT);
  private final HostMemory memory = new HostMemory(engine, Long.MAX_VALUE);

  @AfterEach
  void close() {
    memory.close();
    engine.close();
  }

  @Test
  void aFreedBufferServesTheNextOfItsSize() {
    HostBuffer first = memory.allocate(1024);
    long address = first.address();
    first.close();
    assertThat(memory.liveBytes()).isZero();
    try (HostBuffer other = memory.allocate(512);
        HostBuffer next = memory.allocate(1024)) {
      assertThat(other.address()).isNotEqualTo(address);
      assertThat(next.address()).isEqualTo(address);
      assertThat(memory.liveBytes()).isEqualTo((1024 + 512) * 8);
    }
  }

  @Test
  void whatIsKeptMakesRoomForOtherSizes() {
    LimbBuffer whole = engine.allocate(LIMIT / 8);
    whole.close();
    try (LimbBuffer half = engine.allocate(LIMIT / 16);
        LimbBuffer quarter = engine.allocate(LIMIT / 32)) {
      assertThat(engine.counters().liveBytes()).isEqualTo((half.words() + quarter.words()) * 8);
    }
  }

  @Test
  void aFreedBufferServesOneThatIsLittleShorter() {
    HostBuffer used = memory.allocate(1024);
    long address = used.address();
    used.close();
    try (HostBuffer shorter = memory.allocate(1024 - 64);
        HostBuffer half = memory.allocate(512)) {
      assertThat(shorter.address()).isEqualTo(address);
      assertThat(memory.liveBytes()).isEqualTo((1024 - 64 + 512) * 8);
    }
    memory.close();
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void fewFreedBuffersAreKept() {
    List<HostBuffer> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(memory.allocate(128 * 1024));
    }
    many.forEach(HostBuffer::close);
    assertThat(memory.liveBuffers()).isZero();
    assertThat(memory.reservedBytes()).isBetween(1L, SpareBlocks.BYTES_MAX);
    memory.close();
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void bufferThatOutlivesTheMemoryIsNotKept() {
    HostBuffer used = memory.allocate(1024);
    used.acquire();
    memory.close();
    assertThat(memory.reservedBytes()).isEqualTo(1024 * 8);
    used.release();
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void idleScratchIsBoundedAndTheOneUsedLongestAgoGoes() {
    long words = HostMemory.IDLE_SCRATCH_BYTES_MAX / 8 / 2;
    HostBuffer a = memory.takeScratch(words);
    HostBuffer b = memory.takeScratch(words);
    HostBuffer c = memory.takeScratch(words - 1024);
    long oldest = a.address();
    memory.giveScratch(a);
    memory.giveScratch(b);
    memory.giveScratch(c);
    assertThat(memory.reservedBytes()).isLessThanOrEqualTo(HostMemory.IDLE_SCRATCH_BYTES_MAX);
    HostBuffer again = memory.takeScratch(words - 1024);
    assertThat(again).as("the one that fits best").isSameAs(c);
    HostBuffer second = memory.takeScratch(words);
    assertThat(second).isSameAs(b);
    assertThat(second.address()).isNotEqualTo(oldest);
    memory.giveScratch(again);
    memory.giveScratch(second);
  }
}
