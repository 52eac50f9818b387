package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LaunchPlan.Kind;
import io.cipherstream.ring.LaunchPlan.Launch;
import io.cipherstream.ring.LaunchPlan.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaunchPlanTest {

  private static final long SEED = 31337;
  private static final int N = 16;
  private final LimbRing ring = RandomPrograms.ring(SEED, N, 2, 40);
  private final SplittableRandom random = new SplittableRandom(SEED);

  private static List<List<List<Integer>>> nodes(LimbProgram program) {
    return LaunchPlan.of(program).launches().stream()
        .map(l -> l.nodes().stream().map(Node::instructions).toList())
        .toList();
  }

  @Test
  void chainsOfProductsAreOneNodeAndWaitForTheirLastElement() {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment x = b.input("x", 4L * N);
    Segment t = b.scratch("t", N);
    Segment d = b.output("d", 2L * N);
    b.mul(0, d.at(0), x.at(0), x.at(N)); // 0
    b.mul(0, d.at(N), x.at(0), x.at(N)); // 1, another chain in between
    b.ntt(0, t.at(0), x.at(0)); // 2
    b.mac(0, d.at(0), t.at(0), x.at(N)); // 3
    b.mac(0, d.at(N), x.at(0), x.at(2 * N)); // 4
    b.mac(0, d.at(0), x.at(3 * N), x.at(N)); // 5
    assertThat(nodes(b.build()))
        .containsExactly(List.of(List.of(2)), List.of(List.of(1, 4), List.of(0, 3, 5)));
  }

  @Test
  void chainsEndWhereSomethingElseTouchesThem() {
    for (int how = 0; how < 6; how++) {
      ProgramBuilder b = LimbProgram.builder("p", ring);
      Segment x = b.input("x", 2L * N);
      Segment u = b.update("u", 2L * N);
      Segment d = b.output("d", 2L * N);
      b.mul(0, d.at(0), u.at(0), x.at(0));
      switch (how) {
        case 0 -> b.copy(0, d.at(N), d.at(0)); // reads d
        case 1 -> b.fill(0, d.at(8), 1); // writes into d
        case 2 -> b.fill(0, u.at(8), 1); // writes into an operand of an earlier element
        case 3 -> b.fill(0, u.at(N), 1); // writes only an operand of the next
        case 4 -> b.copy(0, d.at(N), u.at(0)); // reads an operand
        default -> b.zeros(0, x.at(0));
      }
      if (how == 1) {
        b.fill(0, d.at(0), 1);
      }
      b.mac(0, d.at(0), u.at(N), x.at(0));
      boolean fused =
          LaunchPlan.of(b.build()).launches().stream()
              .flatMap(l -> l.nodes().stream())
              .anyMatch(n -> n.instructions().size() == 2);
      assertThat(fused).as("case %d", how).isEqualTo(how > 2);
    }
  }

  @Test
  void chainsKeepToOneModulus() {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment x = b.input("x", N);
    Segment d = b.output("d", N);
    b.mul(0, d.at(0), x.at(0), x.at(0)).mac(1, d.at(0), x.at(0), x.at(0));
    assertThat(nodes(b.build())).containsExactly(List.of(List.of(0)), List.of(List.of(1)));
  }

  @Test
  void aProductInPlaceOfItsOperandBeginsAChain() {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment x = b.input("x", N);
    Segment d = b.update("d", N);
    b.mul(0, d.at(0), d.at(0), x.at(0)).mac(0, d.at(0), x.at(0), x.at(0));
    assertThat(nodes(b.build())).containsExactly(List.of(List.of(0, 1)));
  }

  /** Independent columns of the same steps must not take a launch for each column. */
  @Test
  void independentWorkSharesLaunches() {
    ProgramBuilder b = LimbProgram.builder("p", ring);
    Segment x = b.input("x", 8L * N);
    Segment t = b.scratch("t", 8L * N);
    Segment d = b.output("d", 8L * N);
    for (long column = 0; column < 8L * N; column += N) {
      if (column % (2 * N) == 0) {
        b.neg(0, t.at(column), x.at(column)); // half of the columns are one step longer
        b.ntt(0, t.at(column), t.at(column));
      } else {
        b.ntt(0, t.at(column), x.at(column));
      }
      b.perm(0, d.at(column), t.at(column), 3).add(0, d.at(column), d.at(column), x.at(column));
    }
    assertThat(LaunchPlan.of(b.build()).launches())
        .extracting(Launch::kind)
        .containsExactly(Kind.WORDWISE, Kind.NTT, Kind.PERM, Kind.WORDWISE);
  }

  @Test
  void launchesInAnyOrderOfTheirNodesGiveTheSameWords() {
    int chains = 0;
    int most = 0;
    for (int degree : new int[] {16, 64}) {
      LimbRing other = RandomPrograms.ring(SEED, degree, 3, 50);
      RandomPrograms programs = new RandomPrograms(SEED + degree, other);
      for (int run = 0; run < 80; run++) {
        LimbProgram p = programs.next(1 + random.nextInt(200));
        List<Integer> order = new ArrayList<>();
        for (Launch launch : LaunchPlan.of(p).launches()) {
          List<Node> nodes = new ArrayList<>(launch.nodes());
          Reordered.shuffle(nodes, random);
          most = Math.max(most, nodes.size());
          for (Node node : nodes) {
            assertThat(node.instructions())
                .allSatisfy(
                    i ->
                        assertThat(Kind.of(p.instructions().get(i).opcode()))
                            .isEqualTo(launch.kind()));
            chains += node.instructions().size() > 2 ? 1 : 0;
            order.addAll(node.instructions());
          }
        }
        assertThat(order)
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, p.instructions().size()).boxed().toList());
        assertThat(Reordered.same(p, order, programs.data(p)))
            .as("%s of degree %d, seed %d", p, degree, SEED)
            .isTrue();
      }
    }
    assertThat(chains).isGreaterThan(50);
    assertThat(most).isGreaterThan(5);
  }

  /** A node run a launch too early: the comparison above must find most of these. */
  @Test
  void plansWithANodeTooEarlyAreFound() {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    int found = 0;
    for (int run = 0; run < 100; run++) {
      LimbProgram p = programs.next(60);
      List<Launch> launches = LaunchPlan.of(p).launches();
      Launch late = launches.get(1 + random.nextInt(launches.size() - 1));
      Node early = late.nodes().get(random.nextInt(late.nodes().size()));
      List<Integer> order = new ArrayList<>(early.instructions());
      for (Launch launch : launches) {
        for (Node node : launch.nodes()) {
          if (!node.equals(early)) {
            order.addAll(node.instructions());
          }
        }
      }
      found += Reordered.same(p, order, programs.data(p)) ? 0 : 1;
    }
    assertThat(found).as("seed %d", SEED).isGreaterThan(50);
  }
}
