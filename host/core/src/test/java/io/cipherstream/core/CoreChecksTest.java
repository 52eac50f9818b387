package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Repeat;
import io.cipherstream.ring.Segment;
import io.cipherstream.ring.Segment.Access;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule of a core program, broken once. */
class CoreChecksTest {

  private static final int N = 64;
  private static final LimbRing RING = RandomPrograms.ring(5, N, 2, 40);
  private static final int NONE = CoreLayout.SLOT_NONE;
  private static final List<Segment> SEGMENTS =
      List.of(
          new Segment(0, "in", Access.INPUT, 2 * N),
          new Segment(1, "out", Access.OUTPUT, 2 * N),
          new Segment(2, "both", Access.UPDATE, 2 * N));

  private static CoreProgram program(CoreOp... ops) {
    return new CoreProgram("p", RING, 2, 4, SEGMENTS, List.of(ops));
  }

  private static CoreOp.Load load(int d, int segment, int line, Order order) {
    return new CoreOp.Load(0, List.of(d, NONE), new Operand(segment, line), 1, order);
  }

  private static CoreOp.Store store(int a, int segment, int line, Order order) {
    return new CoreOp.Store(0, a, new Operand(segment, line), order);
  }

  private static CoreOp.Pass map(int modulus, Factor a, Pre pre, Post post, int d, int galois) {
    return new CoreOp.Pass(
        0, List.of(d, NONE), Direction.NONE, modulus, a, pre, post, galois, false, Order.FREE);
  }

  private static CoreOp.Dot dot(List<Term> terms) {
    return new CoreOp.Dot(0, List.of(1, NONE), 0, terms, 1, Order.FREE);
  }

  private static final CoreOp.Load FIRST = load(0, 0, 0, Order.FREE);
  private static final Factor SLOT = new Factor.InSlot(0);

  private static void refused(String text, CoreOp... ops) {
    assertThatThrownBy(() -> program(ops))
        .isInstanceOf(ProgramException.class)
        .hasMessageStartingWith("p, operation " + (ops.length - 1))
        .hasMessageContaining(text);
  }

  @Test
  void aGoodProgramIsTaken() {
    Order tagged = new Order(3, 0);
    CoreProgram p =
        program(
            FIRST,
            map(0, SLOT, Pre.NONE, Post.NONE, 0, 1),
            load(1, 2, 0, tagged),
            store(0, 2, 0, new Order(4, 1 << 3)),
            load(2, 2, 4, new Order(0, 1 << 4)));
    assertThat(p.ops()).hasSize(5);
  }

  @Test
  void slotsAreThereAndWritten() {
    refused("writes slot 4 of 4", load(4, 0, 0, Order.FREE));
    refused("reads slot 7 of 4", FIRST, store(7, 1, 0, Order.FREE));
    refused("reads slot 2 before it is written", FIRST, store(2, 1, 0, Order.FREE));
    refused(
        "reads slot 0 before it is written",
        FIRST,
        new CoreOp.Store(1, 0, new Operand(1, 0), Order.FREE));
    refused("runs on cluster 2 of 2", new CoreOp.Store(2, 0, new Operand(1, 0), Order.FREE));
    refused(
        "names 1 results, expected one for each of 2 clusters",
        new CoreOp.Load(0, List.of(0), new Operand(0, 0), 1, Order.FREE));
    refused("has no result", load(NONE, 0, 0, Order.FREE));
    refused("permutes its own operand in place", FIRST, map(0, SLOT, Pre.NONE, Post.NONE, 0, 3));
  }

  @Test
  void memoryLiesInsideItsSegment() {
    refused("names segment 3", load(0, 3, 0, Order.FREE));
    refused("names segment 9", FIRST, store(0, 9, 0, Order.FREE));
    refused("reaches line 9, outside segment in of 16 lines", load(0, 0, 9, Order.FREE));
    refused("reaches line -1", load(0, 0, -1, Order.FREE));
    refused("writes to input segment in", FIRST, store(0, 0, 0, Order.FREE));
    refused("reads memory of segment out before it is written", load(0, 1, 0, Order.FREE));
    Factor tooShort = new Factor.InMemory(new Operand(0, 0), new Repeat(5, false));
    refused("leaves less than a line", map(0, tooShort, Pre.NONE, Post.NONE, 0, 1));
  }

  @Test
  void accessesThatConflictAreOrdered() {
    Order tagged = new Order(3, 0);
    refused("does not wait for it", FIRST, store(0, 2, 0, tagged), load(1, 2, 4, Order.FREE));
    refused("does not wait for it", FIRST, load(1, 2, 4, Order.FREE), store(0, 2, 0, tagged));
    refused("does not wait for it", FIRST, store(0, 2, 0, tagged), store(0, 2, 0, tagged));
    refused("has the order", load(0, 0, 0, new Order(16, 0)));
    refused("waits for tag 0", load(0, 0, 0, new Order(0, 1)));
    refused(
        "touches memory that operation 2 touches on another cluster",
        FIRST,
        new CoreOp.Load(0, List.of(1, 1), new Operand(0, 0), 1, Order.FREE),
        store(0, 2, 0, tagged),
        new CoreOp.Store(1, 1, new Operand(2, 0), new Order(0, 1 << 3)));
  }

  @Test
  void constantsModuliAndTermsAreInRange() {
    long q = RING.modulus(0).value();
    refused("names modulus 2 of a table of 2", FIRST, map(2, SLOT, Pre.NONE, Post.NONE, 1, 1));
    refused("[0, q)", FIRST, map(0, SLOT, new Pre(false, 0, q), Post.NONE, 1, 1));
    refused("[0, q)", FIRST, map(0, SLOT, Pre.NONE, new Post(false, NONE, true, q, NONE, 0), 1, 1));
    refused(
        "[0, q)", FIRST, map(0, SLOT, Pre.NONE, new Post(false, NONE, false, 0, NONE, -1), 1, 1));
    refused(
        "adds both", FIRST, map(0, SLOT, Pre.NONE, new Post(false, NONE, false, 0, 0, 1), 1, 1));
    refused("has an x", FIRST, map(0, SLOT, Pre.NONE, new Post(false, 0, false, 0, NONE, 0), 1, 1));
    refused("odd number below 2N", FIRST, map(0, SLOT, Pre.NONE, Post.NONE, 1, 2));
    refused("odd number below 2N", FIRST, map(0, SLOT, Pre.NONE, Post.NONE, 1, 2 * N + 1));
    refused("does not reduce", FIRST, map(0, SLOT, new Pre(false, 1, 0), Post.NONE, 1, 1));
    refused("has 0 terms", FIRST, dot(List.of()));
    Term t = new Term(0, new Factor.Constant(1));
    refused("has 65 terms, expected 1 to 64", FIRST, dot(Collections.nCopies(65, t)));
    refused("[0, q)", FIRST, dot(List.of(new Term(0, new Factor.Constant(q)))));
    refused(
        "transforms what is in no slot",
        new CoreOp.Pass(
            0,
            List.of(0, NONE),
            Direction.NTT,
            0,
            new Factor.InMemory(new Operand(0, 0), Repeat.NONE),
            Pre.NONE,
            Post.NONE,
            1,
            false,
            Order.FREE));
  }

  @Test
  void programsFitTheMachine() {
    assertThatThrownBy(() -> new CoreProgram("p", RING, 5, 4, SEGMENTS, List.of()))
        .hasMessage("p: 5 clusters, expected 1 to 4");
    assertThatThrownBy(() -> new CoreProgram("p", RING, 1, 5000, SEGMENTS, List.of()))
        .hasMessage("p: 5000 slots, expected up to 4096");
    List<Segment> misnumbered = List.of(new Segment(1, "x", Access.INPUT, N));
    assertThatThrownBy(() -> new CoreProgram("p", RING, 1, 4, misnumbered, List.of()))
        .hasMessageContaining("segment 0 is");
  }
}
