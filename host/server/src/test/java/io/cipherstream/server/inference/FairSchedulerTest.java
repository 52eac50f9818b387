package io.cipherstream.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class FairSchedulerTest {

  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final List<String> order = new ArrayList<>();

  @Test
  void tenantsTakeTurnsHoweverMuchOneOfThemWants() {
    FairScheduler scheduler = new FairScheduler(threads::add, 1);
    for (int i = 0; i < 5; i++) {
      step(scheduler, "greedy", i);
    }
    step(scheduler, "modest", 0);
    step(scheduler, "third", 0);
    step(scheduler, "modest", 1);
    runAll();
    assertThat(order)
        .containsExactly(
            "greedy0", "greedy1", "modest0", "third0", "greedy2", "modest1", "greedy3", "greedy4");
    assertThat(scheduler.waiting()).isZero();
  }

  @Test
  void noMoreRunAtOnceThanThereAreSlots() {
    FairScheduler scheduler = new FairScheduler(threads::add, 2);
    for (int i = 0; i < 5; i++) {
      step(scheduler, "a", i);
    }
    assertThat(threads).hasSize(2);
    assertThat(scheduler.waiting()).isEqualTo(3);
    threads.remove().run();
    assertThat(threads).hasSize(2);
    runAll();
    assertThat(order).hasSize(5);
  }

  @Test
  void stepThatThrowsGivesItsSlotBack() {
    FairScheduler scheduler = new FairScheduler(threads::add, 1);
    scheduler.submit(
        "a",
        () -> {
          throw new IllegalStateException("expected by the test");
        });
    step(scheduler, "b", 0);
    runAll();
    assertThat(order).containsExactly("b0");
  }

  private void step(FairScheduler scheduler, String tenant, int number) {
    scheduler.submit(tenant, () -> order.add(tenant + number));
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }
}
