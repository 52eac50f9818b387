package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {

  @Test
  void theCollectorIsAskedOnlyForMoreThanIsGivenAndNotAtOnceAgain() {
    AtomicInteger asked = new AtomicInteger();
    DirectMemory enough = new DirectMemory(() -> Long.MAX_VALUE, asked::incrementAndGet);
    enough.check();
    ByteBuffer held = ByteBuffer.allocateDirect(1 << 20);
    DirectMemory over = new DirectMemory(() -> 1 << 10, asked::incrementAndGet);
    over.check();
    Eventually.holds(() -> asked.get() == 1, "the collector is asked");
    over.check();
    assertThat(asked.get()).isEqualTo(1);
    assertThat(DirectMemory.usedBytes()).isGreaterThanOrEqualTo(held.capacity());
  }
}
