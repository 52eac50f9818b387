package io.cipherstream.ckks.limb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.CloseActions;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResidentsTest {

  private static final int WORDS = 1024;
  private static final long BYTES = WORDS * 8L;

  private final JavaEngine engine = new JavaEngine(CkksParameters.N8192.ring(), 4 * BYTES + 4096);
  private final CloseActions owner = new CloseActions();
  private int made;

  @AfterEach
  void close() {
    engine.close();
  }

  private LimbBuffer make() {
    made++;
    return engine.allocate(WORDS);
  }

  private Residents.Lease acquire(Residents residents, Object key) {
    return residents.acquire(owner, key, owner::add, this::make);
  }

  @Test
  void whatIsPinnedStaysAndTheOldestGoes() {
    Residents residents = new Residents(engine, 2 * BYTES);
    Residents.Lease a = acquire(residents, "a");
    acquire(residents, "b").close();
    acquire(residents, "c").close();
    assertThat(residents.bytes()).isEqualTo(2 * BYTES);
    acquire(residents, "a").close();
    assertThat(made).as("a was there").isEqualTo(3);
    acquire(residents, "b").close();
    assertThat(made).as("b had gone").isEqualTo(4);
    a.close();
    residents.close();
    assertThat(engine.counters().liveBuffers()).isZero();
  }

  @Test
  void lentMemoryTakesNoneOfTheBudget() {
    Residents residents = new Residents(engine, 2 * BYTES);
    acquire(residents, "a").close();
    acquire(residents, "b").close();
    for (int i = 0; i < 8; i++) {
      ByteBuffer words = ByteBuffer.allocateDirect(WORDS * 8);
      residents.acquire(owner, i, owner::add, () -> engine.adopt(words)).close();
    }
    assertThat(residents.bytes()).isEqualTo(2 * BYTES);
    acquire(residents, "a").close();
    acquire(residents, "b").close();
    assertThat(made).as("keys stay when weights are adopted").isEqualTo(2);
    owner.run();
    assertThat(engine.counters().liveBuffers()).isZero();
  }

  @Test
  void aFullEngineGivesUpWhatIsNotPinned() {
    Residents residents = new Residents(engine, Long.MAX_VALUE);
    Residents.Lease pinned = acquire(residents, "pinned");
    acquire(residents, "a").close();
    acquire(residents, "b").close();
    try (LimbBuffer large = residents.withRoom(() -> engine.allocate(3 * WORDS))) {
      assertThat(residents.bytes()).isEqualTo(BYTES);
      assertThat(large.words()).isEqualTo(3 * WORDS);
      assertThatThrownBy(() -> acquire(residents, "a")).isInstanceOf(EngineException.class);
    }
    acquire(residents, "a").close();
    pinned.close();
    owner.run();
    assertThat(residents.bytes()).isZero();
    assertThat(engine.counters().liveBuffers()).isZero();
  }

  @Test
  void anOwnerThatClosesWhileItsResidentIsMadeLeavesNothing() {
    Residents residents = new Residents(engine, Long.MAX_VALUE);
    Residents.Lease lease =
        residents.acquire(
            owner,
            "a",
            owner::add,
            () -> {
              owner.run();
              return make();
            });
    assertThat(lease.buffer().words()).isEqualTo(WORDS);
    lease.close();
    assertThat(residents.bytes()).isZero();
    acquire(residents, "late").close();
    assertThat(engine.counters().liveBuffers()).isZero();
  }

  @Test
  void anOwnerDoesNotKeepTheResidentsOfAClosedEvaluator() {
    WeakReference<Residents> gone = closedResidents();
    for (int i = 0; i < 100 && gone.get() != null; i++) {
      System.gc();
    }
    assertThat(gone.get()).isNull();
    owner.run();
  }

  private WeakReference<Residents> closedResidents() {
    Residents residents = new Residents(engine, Long.MAX_VALUE);
    acquire(residents, "a").close();
    residents.close();
    return new WeakReference<>(residents);
  }
}
