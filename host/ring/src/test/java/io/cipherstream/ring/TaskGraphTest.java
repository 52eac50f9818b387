package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TaskGraphTest {

  private static final long SEED = 99;

  @Test
  void tasksWaitForWhatTheyReadOrOverwrite() {
    LimbRing ring = RandomPrograms.ring(SEED, 16, 1, 30);
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment x = b.input("x", 16);
    Segment t = b.scratch("t", 64);
    Segment out = b.output("out", 16);
    b.ntt(0, t.at(0), x.at(0)).neg(0, t.at(0), t.at(0));
    b.task().copy(0, t.at(16), x.at(0));
    b.task().add(0, t.at(32), t.at(0), t.at(16));
    b.task().fill(0, t.at(0), 1);
    b.task().copy(0, out.at(0), t.at(32));
    TaskGraph graph = TaskGraph.of(b.build());
    assertThat(graph.tasks()).isEqualTo(5);
    assertThat(graph.predecessorCounts()).containsExactly(0, 0, 2, 2, 1);
    assertThat(graph.successors(0)).containsExactly(2, 3);
    assertThat(graph.successors(1)).containsExactly(2);
    assertThat(graph.successors(2)).containsExactly(3, 4);
    assertThat(graph.successors(3)).isEmpty();
  }

  @Test
  void everyOrderOfTasksThatTheGraphAllowsGivesTheSameWords() {
    SplittableRandom random = new SplittableRandom(SEED);
    int freedom = 0;
    for (int degree : new int[] {16, 64}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 50);
      RandomPrograms programs = new RandomPrograms(SEED + degree, ring);
      for (int run = 0; run < 60; run++) {
        LimbProgram p = programs.next(1 + random.nextInt(120));
        TaskGraph graph = TaskGraph.of(p);
        List<Integer> order = new ArrayList<>();
        int[] waiting = graph.predecessorCounts();
        List<Integer> ready = new ArrayList<>();
        for (int task = 0; task < graph.tasks(); task++) {
          if (waiting[task] == 0) {
            ready.add(task);
          }
        }
        while (!ready.isEmpty()) {
          freedom = Math.max(freedom, ready.size());
          int task = ready.remove(random.nextInt(ready.size()));
          for (int i = p.taskStart(task); i < p.taskStart(task + 1); i++) {
            order.add(i);
          }
          for (int next : graph.successors(task)) {
            if (--waiting[next] == 0) {
              ready.add(next);
            }
          }
        }
        assertThat(order).hasSize(p.instructions().size());
        assertThat(Reordered.same(p, order, programs.data(p)))
            .as("%s of degree %d, seed %d", p, degree, SEED)
            .isTrue();
      }
    }
    assertThat(freedom).isGreaterThan(2);
  }
}
