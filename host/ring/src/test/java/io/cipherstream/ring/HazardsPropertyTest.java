package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Orders that keep the hazards give the same words, orders that break one do not. */
class HazardsPropertyTest {

  private static final long SEED = 4242;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void everyOrderThatKeepsTheHazardsGivesTheSameWords() {
    for (int degree : new int[] {16, 32, 128}) {
      LimbRing ring = RandomPrograms.ring(SEED, degree, 3, 40);
      RandomPrograms programs = new RandomPrograms(SEED + degree, ring);
      for (int run = 0; run < 60; run++) {
        LimbProgram p = programs.next(1 + random.nextInt(150));
        List<Integer> order = Reordered.topological(Hazards.of(p).predecessors(), random);
        assertThat(Reordered.same(p, order, programs.data(p)))
            .as("%s of degree %d, seed %d", p, degree, SEED)
            .isTrue();
      }
    }
  }

  /**
   * Drops one hazard and turns it round: if this never showed, the test above would prove little.
   */
  @Test
  void brokenHazardsOfEveryKindAreFound() {
    LimbRing ring = RandomPrograms.ring(SEED, 32, 2, 40);
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    int[] broken = new int[2];
    int[] found = new int[2];
    while (broken[0] < 100 || broken[1] < 100) {
      LimbProgram p = programs.next(40);
      Hazards hazards = Hazards.of(p);
      Links links = hazards.predecessors();
      int at = random.nextInt(links.targets().length);
      List<Integer> order = Reordered.topological(turned(links, at), random);
      if (!order.isEmpty()) {
        int kind = hazards.isReader(at) ? 1 : 0;
        broken[kind]++;
        found[kind] += Reordered.same(p, order, programs.data(p)) ? 0 : 1;
      }
    }
    // Some broken orders do not show, as what differs is overwritten before anything reads it.
    for (int kind = 0; kind < 2; kind++) {
      assertThat(found[kind])
          .as("%d orders broken, kind %d, seed %d", broken[kind], kind, SEED)
          .isGreaterThan(broken[kind] / 4);
    }
  }

  /** The links with one of them leading the other way. */
  private static Links turned(Links links, int turn) {
    Links.Builder builder = new Links.Builder(links.nodes());
    int turnedFrom = 0;
    while (links.starts()[turnedFrom + 1] <= turn) {
      turnedFrom++;
    }
    int target = links.targets()[turn];
    for (int n = 0; n < links.nodes(); n++) {
      for (int at = links.starts()[n]; at < links.starts()[n + 1]; at++) {
        if (n != turnedFrom || links.targets()[at] != target) {
          builder.add(links.targets()[at]);
        }
      }
      if (n == target) {
        builder.add(turnedFrom);
      }
      builder.endNode();
    }
    return builder.build();
  }
}
