package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Segment;
import io.cipherstream.ring.TaskGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tasks begin when those before them have finished, and the caller never depends on the pool. */
@Tag("native")
class TaskRunTest {

  private final ExecutorService pool = Executors.newFixedThreadPool(3);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  /** A program whose task i reads the results of some earlier tasks. */
  private static TaskGraph graph(int tasks, SplittableRandom random, double density) {
    LimbRing ring = EngineRuns.ring(1, 16, 30);
    ProgramBuilder code = LimbProgram.builder("tasks", ring);
    Segment s = code.scratch("s", 16L * tasks);
    for (int t = 0; t < tasks; t++) {
      code.task().fill(0, s.at(16L * t), 1);
      for (int before = 0; before < t; before++) {
        if (random.nextDouble() < density) {
          code.add(0, s.at(16L * t), s.at(16L * t), s.at(16L * before));
        }
      }
    }
    return TaskGraph.of(code.build());
  }

  @Test
  void everyTaskRunsOnceAndAfterThoseBeforeIt() {
    SplittableRandom random = new SplittableRandom(EngineRuns.seed());
    for (int round = 0; round < 300; round++) {
      TaskGraph graph = graph(1 + random.nextInt(40), random, 0.1);
      List<Integer> finished = Collections.synchronizedList(new ArrayList<>());
      long[] counts =
          new TaskRun(
                  graph,
                  task -> {
                    int[] waiting = graph.predecessorCounts();
                    for (int done : List.copyOf(finished)) {
                      for (int next : graph.successors(done)) {
                        waiting[next]--;
                      }
                    }
                    assertThat(waiting[task]).isZero();
                    finished.add(task);
                    return new long[] {1, task};
                  },
                  pool,
                  1 + random.nextInt(5))
              .run();
      int tasks = graph.tasks();
      assertThat(counts).containsExactly(tasks, (long) tasks * (tasks - 1) / 2);
      assertThat(finished).doesNotHaveDuplicates().hasSize(tasks);
    }
  }

  @Test
  void independentTasksRunAtOnce() {
    CyclicBarrier together = new CyclicBarrier(4);
    TaskGraph graph = graph(4, new SplittableRandom(1), 0);
    long[] counts =
        new TaskRun(
                graph,
                task -> {
                  try {
                    together.await(); // passes only when four threads are here
                  } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                  }
                  return new long[] {1};
                },
                pool,
                4)
            .run();
    assertThat(counts).containsExactly(4);
  }

  @Test
  void noMoreThreadsThanTheWidth() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TaskGraph graph = graph(64, new SplittableRandom(1), 0.02);
    var unused =
        new TaskRun(
                graph,
                task -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  Thread.yield();
                  now.decrementAndGet();
                  return new long[] {1};
                },
                pool,
                2)
            .run();
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void aFailureSkipsWhatHasNotBegunAndWaitsForWhatHas() {
    for (int round = 0; round < 200; round++) {
      TaskGraph graph = graph(20, new SplittableRandom(round), 0.05);
      AtomicInteger running = new AtomicInteger();
      AtomicInteger begun = new AtomicInteger();
      int width = round % 2 == 0 ? 1 : 4;
      TaskRun run =
          new TaskRun(
              graph,
              task -> {
                running.incrementAndGet();
                try {
                  if (begun.incrementAndGet() == 3) {
                    throw new IllegalArgumentException("the third");
                  }
                  return new long[] {1};
                } finally {
                  running.decrementAndGet();
                }
              },
              pool,
              width);
      assertThatThrownBy(run::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the third");
      assertThat(running.get()).isZero();
      if (width == 1) {
        assertThat(begun.get()).isEqualTo(3);
      }
    }
  }

  @Test
  void aBusyClosedOrOwnPoolDelaysNothing() throws InterruptedException, ExecutionException {
    TaskGraph graph = graph(10, new SplittableRandom(1), 0.1);
    ExecutorService one = Executors.newSingleThreadExecutor();
    CountDownLatch release = new CountDownLatch(1);
    var blocked =
        one.submit(
            () -> {
              release.await();
              return new TaskRun(graph, task -> new long[] {1}, one, 4).run();
            });
    assertThat(new TaskRun(graph, task -> new long[] {1}, one, 4).run()).containsExactly(10);
    release.countDown();
    assertThat(blocked.get()).containsExactly(10);
    one.shutdown();
    assertThat(new TaskRun(graph, task -> new long[] {1}, one, 4).run()).containsExactly(10);
  }
}
