package io.cipherstream.core.lower;

import io.cipherstream.core.CoreOp;
import io.cipherstream.core.Direction;
import io.cipherstream.core.Factor;
import io.cipherstream.core.MemoryTags;
import io.cipherstream.core.Order;
import io.cipherstream.core.Post;
import io.cipherstream.core.Pre;
import io.cipherstream.ring.LimbProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Finds which nodes must keep their order as they access the same memory. */
final class MemoryEdges {

  private MemoryEdges() {}

  /**
   * Sets {@link Node#earlier}; nodes without such a neighbour are no longer {@link Node#ordered}.
   */
  static void set(List<Node> nodes, LimbProgram program) {
    List<Node> ordered = new ArrayList<>(nodes.stream().filter(n -> n.ordered).toList());
    ordered.sort(Comparator.comparingInt(n -> n.at));
    MemoryTags lines = new MemoryTags(program.segments());
    for (int i = 0; i < ordered.size(); i++) {
      Node n = ordered.get(i);
      lines.visit(access(n), program.ring(), i, earlier -> n.earlier.add(ordered.get(earlier)));
    }
    ordered.forEach(n -> n.ordered = !n.earlier.isEmpty());
    ordered.forEach(n -> n.earlier.forEach(e -> e.ordered = true));
  }

  /** An operation that touches the same memory. */
  private static CoreOp access(Node n) {
    return switch (n.kind) {
      case LOAD -> new CoreOp.Load(0, List.of(), Objects.requireNonNull(n.memory), 1, Order.FREE);
      case STORE -> new CoreOp.Store(0, 0, Objects.requireNonNull(n.memory), Order.FREE);
      case PASS -> touching(Objects.requireNonNull(n.stream));
      case DOT -> touching((Factor.InMemory) Objects.requireNonNull(memoryTerm(n).factor()));
    };
  }

  /** Only a product with one short operand is ordered, so there is one such term. */
  private static GraphTerm memoryTerm(Node n) {
    return n.terms.stream()
        .filter(t -> t.factor() instanceof Factor.InMemory)
        .findFirst()
        .orElseThrow();
  }

  private static CoreOp touching(Factor.InMemory m) {
    return new CoreOp.Pass(
        0, List.of(), Direction.NONE, 0, m, Pre.NONE, Post.NONE, 1, false, Order.FREE);
  }
}
