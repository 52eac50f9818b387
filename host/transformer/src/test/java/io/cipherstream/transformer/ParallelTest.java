package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelTest {

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final Parallel parallel = new Parallel(workers, 3);
  private final Set<Integer> open = ConcurrentHashMap.newKeySet();

  @AfterEach
  void stop() {
    workers.shutdownNow();
  }

  private final class Resource implements AutoCloseable {
    private final int id;

    Resource(int id) {
      this.id = id;
      open.add(id);
    }

    @Override
    public void close() {
      open.remove(id);
    }
  }

  @Test
  void keepsTheOrder() {
    List<Resource> results = parallel.map(100, Resource::new);
    assertThat(results).extracting(r -> r.id).isEqualTo(IntStream.range(0, 100).boxed().toList());
    Scope.closeAll(results);
    assertThat(open).isEmpty();
  }

  @Test
  void aFailureIsThrownAndEverythingMadeIsClosed() {
    assertThatThrownBy(
            () ->
                parallel.map(
                    100,
                    i -> {
                      if (i == 37) {
                        throw new IllegalStateException("piece 37");
                      }
                      return new Resource(i);
                    }))
        .hasMessage("piece 37");
    assertThat(open).isEmpty();
  }

  @Test
  void nestedUseOnASaturatedPoolFinishes() {
    List<Resource> outer =
        parallel.map(
            8,
            i -> {
              Scope.closeAll(parallel.map(8, j -> new Resource(1000 + 8 * i + j)));
              return new Resource(i);
            });
    assertThat(outer).hasSize(8);
    Scope.closeAll(outer);
    assertThat(open).isEmpty();
  }

  @Test
  void aStoppedPoolLeavesTheWorkToTheCaller() {
    workers.shutdownNow();
    List<Resource> results = parallel.map(5, Resource::new);
    assertThat(results).hasSize(5);
    Scope.closeAll(results);
  }
}
