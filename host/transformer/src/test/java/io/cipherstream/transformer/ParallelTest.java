package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTest {

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final Parallel parallel = new Parallel(workers, 3);

  @AfterEach
  void stop() {
    workers.shutdownNow();
  }

  @Test
  void keepsTheOrder() {
    List<Integer> results = parallel.map(100, i -> i);
    assertThat(results).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void aFailureIsThrownWhenNoPieceRunsAnyMore() {
    AtomicInteger running = new AtomicInteger();
    assertThatThrownBy(
            () ->
                parallel.map(
                    100,
                    i -> {
                      running.incrementAndGet();
                      try {
                        if (i == 37) {
                          throw new IllegalStateException("piece 37");
                        }
                        return i;
                      } finally {
                        running.decrementAndGet();
                      }
                    }))
        .hasMessage("piece 37");
    assertThat(running).hasValue(0);
  }

  @Test
  void nestedUseOnASaturatedPoolFinishes() {
    List<Integer> outer = parallel.map(8, i -> parallel.map(8, j -> 8 * i + j).get(7));
    assertThat(outer).containsExactly(7, 15, 23, 31, 39, 47, 55, 63);
  }

  @Test
  void aStoppedPoolLeavesTheWorkToTheCaller() {
    workers.shutdownNow();
    assertThat(parallel.map(5, i -> i)).hasSize(5);
  }
}
