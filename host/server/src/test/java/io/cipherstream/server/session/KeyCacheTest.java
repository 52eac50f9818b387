package io.cipherstream.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.EvaluationKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KeyCacheTest {

  private final KeyCache cache = new KeyCache(250);
  private final List<String> loaded = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();

  @Test
  void keysStayLoadedAndAreSharedWhileTheyFit() throws Exception {
    try (KeyCache.Lease one = acquire("a");
        KeyCache.Lease two = acquire("a")) {
      assertThat(one.keys()).isSameAs(two.keys());
    }
    acquire("a").close();
    assertThat(loaded).containsExactly("a");
    assertThat(cache.bytes()).isEqualTo(100);
  }

  @Test
  void leastRecentlyUsedGoFirstWhenTheBudgetIsExceeded() throws Exception {
    acquire("a").close();
    acquire("b").close();
    acquire("a").close();
    acquire("c").close();
    assertThat(closed).containsExactly("b");
    acquire("b").close();
    assertThat(loaded).containsExactly("a", "b", "c", "b");
    assertThat(cache.bytes()).isLessThanOrEqualTo(250);
  }

  @Test
  void anErrorWhileLoadingLeavesNothingHeld() throws Exception {
    assertThatThrownBy(
            () ->
                cache.acquire(
                    "a",
                    () -> {
                      throw new OutOfMemoryError("for the test");
                    }))
        .isInstanceOf(OutOfMemoryError.class);
    acquire("a").close();
    acquire("b").close();
    acquire("c").close();
    assertThat(closed).containsExactly("a");
  }

  @Test
  void keysInUseAreNeverClosed() throws Exception {
    KeyCache.Lease a = acquire("a");
    KeyCache.Lease b = acquire("b");
    KeyCache.Lease c = acquire("c");
    assertThat(closed).isEmpty();
    assertThat(cache.bytes()).isEqualTo(300);
    b.close();
    assertThat(closed).containsExactly("b");
    a.close();
    c.close();
    assertThat(closed).containsExactly("b");
  }

  @Test
  void droppedKeysAreClosedByTheirLastUserOnce() throws Exception {
    KeyCache.Lease a = acquire("a");
    cache.drop("a");
    assertThat(closed).isEmpty();
    KeyCache.Lease again = acquire("a");
    assertThat(loaded).containsExactly("a", "a");
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
    assertThatThrownBy(
            () ->
                cache.acquire(
                    "a",
                    () -> {
                      throw new IOException("disk");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(cache.bytes()).isZero();
    acquire("a").close();
    assertThat(loaded).containsExactly("a");
  }

  private KeyCache.Lease acquire(String session) throws Exception {
    return cache.acquire(
        session,
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
