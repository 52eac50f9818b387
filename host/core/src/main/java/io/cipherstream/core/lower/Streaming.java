package io.cipherstream.core.lower;

import io.cipherstream.core.Factor;
import io.cipherstream.ring.Repeat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lets factors that are read once, such as keys, stream past the slots. */
final class Streaming {

  private Streaming() {}

  static void set(List<Node> nodes) {
    for (Node n : nodes) {
      if (n.kind == Node.Kind.DOT && n.terms.stream().anyMatch(Streaming::streams)) {
        n.unlink();
        n.terms.replaceAll(Streaming::streamed);
        n.link();
      }
    }
  }

  private static boolean streams(GraphTerm t) {
    return t.value() != null && (once(t.value()) || once(t.a()));
  }

  private static boolean once(@Nullable Value v) {
    return v != null && v.origin != null && v.galois == 1 && v.uses.size() <= 1;
  }

  private static GraphTerm streamed(GraphTerm t) {
    Value b = t.value();
    if (b == null || b == t.a()) {
      return t;
    }
    if (once(b)) {
      return new GraphTerm(
          t.a(), null, new Factor.InMemory(Objects.requireNonNull(b.origin), Repeat.NONE));
    }
    return once(t.a())
        ? new GraphTerm(
            b, null, new Factor.InMemory(Objects.requireNonNull(t.a().origin), Repeat.NONE))
        : t;
  }
}
