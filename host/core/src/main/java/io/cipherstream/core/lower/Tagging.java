package io.cipherstream.core.lower;

import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.MemoryTags;
import io.cipherstream.core.Order;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;

/** Gives tags to accesses to memory that must keep their order. */
final class Tagging {

  private Tagging() {}

  static List<CoreOp> of(List<CoreOp> ops, List<Segment> segments, LimbRing ring) {
    int[] tags = new int[ops.size()];
    int[] waits = new int[ops.size()];
    int[] next = {0};
    MemoryTags lines = new MemoryTags(segments);
    for (int i = 0; i < ops.size(); i++) {
      int number = i;
      lines.visit(
          ops.get(i),
          ring,
          i,
          earlier -> {
            if (tags[earlier] == 0) {
              tags[earlier] = 1 + next[0]++ % (CoreLayout.TAGS - 1);
            }
            waits[number] |= 1 << tags[earlier];
          });
    }
    List<CoreOp> tagged = new ArrayList<>();
    for (int i = 0; i < tags.length; i++) {
      boolean free = tags[i] == 0 && waits[i] == 0;
      tagged.add(free ? ops.get(i) : with(ops.get(i), new Order(tags[i], waits[i])));
    }
    return tagged;
  }

  private static CoreOp with(CoreOp op, Order o) {
    if (op instanceof CoreOp.Load l) {
      return new CoreOp.Load(l.cluster(), l.d(), l.from(), l.galois(), o);
    }
    if (op instanceof CoreOp.Store s) {
      return new CoreOp.Store(s.cluster(), s.a(), s.to(), o);
    }
    if (op instanceof CoreOp.Dot d) {
      return new CoreOp.Dot(d.cluster(), d.d(), d.modulus(), d.terms(), d.galois(), o);
    }
    CoreOp.Pass p = (CoreOp.Pass) op;
    return new CoreOp.Pass(
        p.cluster(),
        p.d(),
        p.direction(),
        p.modulus(),
        p.a(),
        p.pre(),
        p.post(),
        p.galois(),
        p.countsZeros(),
        o);
  }
}
