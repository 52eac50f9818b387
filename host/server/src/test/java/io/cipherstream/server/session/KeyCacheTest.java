package io.cipherstream.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KeyCacheTest {

  private final KeyCache cache = new KeyCache(250, 200, Runnable::run);
  private final List<String> loaded = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private final List<String> granted = new ArrayList<>();

  @Test
  void keysStayLoadedAndAreSharedWhileTheyFit() throws Exception {
    try (KeyCache.Reservation one = reserve("t", "a");
        KeyCache.Reservation two = reserve("t", "a")) {
      assertThat(load(one, "a")).isSameAs(load(two, "a"));
    }
    use("a");
    assertThat(loaded).containsExactly("a");
    assertThat(cache.bytes()).isEqualTo(100);
  }

  @Test
  void leastRecentlyUsedGoFirstWhenRoomIsNeeded() throws Exception {
    use("a");
    use("b");
    use("a");
    use("c");
    assertThat(closed).containsExactly("b");
    use("b");
    assertThat(loaded).containsExactly("a", "b", "c", "b");
    assertThat(cache.bytes()).isEqualTo(200);
  }

  @Test
  void whatIsInUseIsNeverClosedAndTheBudgetIsNeverPassed() throws Exception {
    KeyCache.Reservation a = reserve("t", "a");
    KeyCache.Reservation b = reserve("u", "b");
    KeyCache.Reservation c = reserve("v", "c");
    load(a, "a");
    load(b, "b");
    assertThat(granted).containsExactly("a", "b");
    assertThatThrownBy(() -> load(c, "c")).isInstanceOf(IllegalStateException.class);
    assertThat(cache.bytes()).isEqualTo(200);
    assertThat(cache.waiting()).isEqualTo(1);
    b.close();
    assertThat(closed).containsExactly("b");
    assertThat(granted).containsExactly("a", "b", "c");
    load(c, "c");
    assertThat(cache.bytes()).isEqualTo(200);
    a.close();
    c.close();
    assertThat(closed).containsExactly("b");
  }

  @Test
  void tenantsTakeTurnsAndNobodyPassesTheFirst() {
    KeyCache.Reservation x = reserve("t", "x");
    KeyCache.Reservation y = reserve("u", "y");
    reserve("t", "a1");
    reserve("t", "a2");
    reserve("t", "x"); // loaded already, but behind a1
    reserve("u", "b1");
    assertThat(granted).containsExactly("x", "y");
    y.close();
    assertThat(granted).containsExactly("x", "y", "a1");
    x.close();
    assertThat(granted).containsExactly("x", "y", "a1", "b1");
  }

  @Test
  void aTenantAtItsShareWaitsForItselfAndKeepsNobodyElseWaiting() {
    KeyCache wide = new KeyCache(400, 200, Runnable::run);
    wide.reserve("t", "a", 100, () -> granted.add("a"));
    wide.reserve("t", "b", 100, () -> granted.add("b"));
    wide.reserve("t", "c", 100, () -> granted.add("c"));
    wide.reserve("u", "d", 100, () -> granted.add("d"));
    assertThat(granted).containsExactly("a", "b", "d");
    assertThatThrownBy(() -> wide.reserve("u", "e", 201, () -> {}))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("keyMemoryBytesPerTenantMax");
  }

  @Test
  void whoLeavesTheQueueIsNotGranted() {
    KeyCache.Reservation a = reserve("t", "a");
    reserve("u", "b");
    KeyCache.Reservation c = reserve("v", "c");
    c.close();
    a.close();
    assertThat(granted).containsExactly("a", "b");
    assertThat(cache.waiting()).isZero();
  }

  @Test
  void droppedKeysCountUntilTheirLastUserClosesThem() throws Exception {
    KeyCache.Reservation a = reserve("t", "a");
    load(a, "a");
    cache.drop("a");
    assertThat(closed).isEmpty();
    assertThat(cache.bytes()).isEqualTo(100);
    KeyCache.Reservation again = reserve("t", "a");
    load(again, "a");
    assertThat(loaded).containsExactly("a", "a");
    assertThat(cache.bytes()).isEqualTo(200);
    a.close();
    a.close();
    assertThat(closed).containsExactly("a");
    again.close();
    cache.close();
    assertThat(closed).containsExactly("a", "a");
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void loadingThatFailsLeavesNothing() throws Exception {
    for (Throwable failure : List.of(new IOException("disk"), new OutOfMemoryError("test"))) {
      try (KeyCache.Reservation a = reserve("t", "a")) {
        assertThatThrownBy(
                () ->
                    a.keys(
                        () -> {
                          if (failure instanceof IOException e) {
                            throw e;
                          }
                          throw (Error) failure;
                        }))
            .isSameAs(failure);
      }
      assertThat(cache.bytes()).isZero();
    }
    use("a");
    assertThat(loaded).containsExactly("a");
  }

  private void use(String session) throws Exception {
    try (KeyCache.Reservation room = reserve("t", session)) {
      load(room, session);
    }
  }

  private KeyCache.Reservation reserve(String tenant, String session) {
    return cache.reserve(tenant, session, 100, () -> granted.add(session));
  }

  private EvaluationKeys load(KeyCache.Reservation room, String session) throws Exception {
    return room.keys(
        () -> {
          loaded.add(session);
          return keys(session);
        });
  }

  private EvaluationKeys keys(String name) {
    return new EvaluationKeys() {
      @Override
      public OptionalInt rotationLimbs(int step) {
        return OptionalInt.empty();
      }

      @Override
      public OptionalInt relinearizationLimbs() {
        return OptionalInt.empty();
      }

      @Override
      public long bytes() {
        return 100;
      }

      @Override
      public void close() {
        closed.add(name);
      }
    };
  }
}
