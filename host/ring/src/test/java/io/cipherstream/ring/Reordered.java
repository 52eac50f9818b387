package io.cipherstream.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Programs with their instructions in another order, and whether that shows. */
final class Reordered {

  private Reordered() {}

  /** Whether the program in that order gives the same words and zero count on the same data. */
  static boolean same(LimbProgram program, List<Integer> order, List<long[]> data) {
    List<Instruction> instructions = order.stream().map(program.instructions()::get).toList();
    LimbProgram other;
    try {
      other =
          new LimbProgram(
              "reordered", program.ring(), program.segments(), instructions, new int[] {0});
    } catch (ProgramException readBeforeWritten) {
      return false;
    }
    try (LimbEngine engine = new JavaEngine(program.ring(), 1L << 28)) {
      List<long[]> expected = Runs.copies(data);
      List<long[]> got = Runs.copies(data);
      long zeros = Runs.on(engine, program, expected).zeroWords();
      boolean same = Runs.on(engine, other, got).zeroWords() == zeros;
      for (int i = 0; i < data.size(); i++) {
        same &= Arrays.equals(expected.get(i), got.get(i));
      }
      return same;
    }
  }

  /** A random order in which every node comes after its predecessors; empty if there is none. */
  static List<Integer> topological(Links predecessors, SplittableRandom random) {
    Links successors = predecessors.reversed();
    int[] waiting = new int[predecessors.nodes()];
    List<Integer> ready = new ArrayList<>();
    for (int n = 0; n < waiting.length; n++) {
      waiting[n] = predecessors.count(n);
      if (waiting[n] == 0) {
        ready.add(n);
      }
    }
    List<Integer> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int at = random.nextInt(ready.size());
      int n = ready.get(at);
      ready.set(at, ready.get(ready.size() - 1));
      ready.remove(ready.size() - 1);
      order.add(n);
      for (int next : successors.of(n)) {
        if (--waiting[next] == 0) {
          ready.add(next);
        }
      }
    }
    return order.size() == waiting.length ? order : List.of();
  }

  static <T> void shuffle(List<T> list, SplittableRandom random) {
    for (int i = list.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      T swap = list.get(i);
      list.set(i, list.get(j));
      list.set(j, swap);
    }
  }
}
