package io.cipherstream.core.lower;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.Factor;
import io.cipherstream.core.Order;
import io.cipherstream.core.Post;
import io.cipherstream.core.Pre;
import io.cipherstream.core.Term;
import io.cipherstream.ring.Operand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns nodes in their order into operations on slots; {@link SlotAllocation} finds the slots. */
final class Emission {

  /** Nodes ahead for which limbs are loaded while slots are free. */
  private static final int AHEAD = 24;

  private final Plan plan;
  private final ClusterShape shape;
  private final List<CoreOp> ops = new ArrayList<>();
  private final SlotAllocation slots;

  private Emission(Plan plan, ClusterShape shape, int spillSegment, int limbLines) {
    this.plan = plan;
    this.shape = shape;
    this.slots = new SlotAllocation(plan, shape, spillSegment, limbLines, ops);
  }

  /**
   * The operations, without tags.
   *
   * @param spilled receives the number of limbs that the spill segment needs
   */
  static List<CoreOp> of(
      Plan plan, ClusterShape shape, int spillSegment, int limbLines, int[] spilled) {
    Emission e = new Emission(plan, shape, spillSegment, limbLines);
    e.all();
    spilled[0] = e.slots.spilledLimbs();
    return e.ops;
  }

  private void all() {
    List<Node> nodes = plan.nodes();
    int ahead = 0;
    for (int at = 0; at < nodes.size(); at++) {
      while (ahead < Math.min(nodes.size(), at + AHEAD)) {
        slots.prefetch(nodes.get(ahead), ahead);
        ahead++;
      }
      one(nodes.get(at), at);
    }
  }

  private void one(Node n, int at) {
    int c = plan.cluster(n);
    slots.hold(n, at);
    List<Integer> none = Collections.nCopies(shape.clusters(), CoreLayout.SLOT_NONE);
    switch (n.kind) {
      case LOAD -> {
        List<Integer> d = slots.results(n, at);
        ops.add(new CoreOp.Load(c, d, Objects.requireNonNull(n.memory), n.galois, Order.FREE));
      }
      case STORE -> {
        Value a = Objects.requireNonNull(n.a);
        Operand to = Objects.requireNonNull(n.memory);
        ops.add(new CoreOp.Store(c, slots.slot(c, a), to, Order.FREE));
        if (!n.ordered) {
          slots.stored(c, a, to);
        }
        slots.release(n, at);
      }
      case PASS -> {
        Factor a = n.a == null ? n.stream : new Factor.InSlot(slots.slot(c, n.a));
        int x = slotOrNone(c, n.x);
        int y = slotOrNone(c, n.y);
        List<Integer> d = n.out == null ? none : slots.results(n, at);
        ops.add(
            new CoreOp.Pass(
                c,
                d,
                n.direction,
                n.modulus,
                a,
                new Pre(n.reduced, n.reduced ? n.source : 0, n.before),
                new Post(n.subtract, x, n.scaled, n.scale, y, n.after),
                n.galois,
                n.zeros,
                Order.FREE));
        if (n.out == null) {
          slots.release(n, at);
        }
      }
      case DOT -> {
        List<Term> terms = new ArrayList<>();
        for (GraphTerm t : n.terms) {
          Factor b = t.value() == null ? t.factor() : new Factor.InSlot(slots.slot(c, t.value()));
          terms.add(new Term(slots.slot(c, t.a()), Objects.requireNonNull(b)));
        }
        ops.add(new CoreOp.Dot(c, slots.results(n, at), n.modulus, terms, n.galois, Order.FREE));
      }
    }
  }

  private int slotOrNone(int c, @Nullable Value v) {
    return v == null ? CoreLayout.SLOT_NONE : slots.slot(c, v);
  }
}
