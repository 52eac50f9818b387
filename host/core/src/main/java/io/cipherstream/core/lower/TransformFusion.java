package io.cipherstream.core.lower;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets transforms take over word-wise passes: a reduction and a constant before, a difference, a
 * product with a constant and a sum behind. What is taken over has no other reader.
 */
final class TransformFusion {

  private final LimbRing ring;

  TransformFusion(LimbRing ring) {
    this.ring = ring;
  }

  void fuse(List<Node> nodes) {
    for (Node n : nodes) {
      if (!n.dead && n.isTransform()) {
        while (takesBefore(n)) {
          // Again with what comes before that.
        }
      }
    }
    for (Node n : nodes) {
      if (!n.dead && n.kind == Node.Kind.PASS && !n.ordered) {
        while (takesBehind(n)) {
          // Again with what comes behind that.
        }
      }
    }
  }

  private boolean takesBefore(Node n) {
    Value a = Objects.requireNonNull(n.a);
    Node m = a.definition;
    if (m == null
        || !a.single()
        || !m.isWordwise()
        || m.modulus != n.modulus
        || m.a == null
        || m.subtract
        || m.scaled
        || m.y != null
        || n.reduced) {
      return false;
    }
    n.unlink();
    m.unlink();
    m.dead = true;
    n.a = m.a;
    n.reduced = m.reduced;
    n.source = m.source;
    Modulus q = ring.modulus(n.modulus);
    n.before = q.add(n.before, q.add(m.before, m.after));
    n.link();
    return true;
  }

  /** The stages of a post are x − v, the product, the sum; a stage never comes before one taken. */
  private boolean takesBehind(Node n) {
    Value v = n.out;
    if (v == null || !v.single() || n.galois != 1) {
      return false;
    }
    Node m = v.uses.get(0);
    if (!m.isWordwise() || m.modulus != n.modulus || !m.hasNoPre() || m.stream != null) {
      return false;
    }
    Modulus q = ring.modulus(n.modulus);
    boolean summed = n.y != null || n.after != 0;
    if (m.a == v) {
      boolean scaled = n.scaled || summed;
      if ((m.subtract && (n.subtract || scaled))
          || ((m.scaled || m.y != null) && summed)
          || (m.after != 0 && n.y != null)) {
        return false;
      }
      take(n, m, m.x, m.subtract, m.scaled ? m.scale : 1, m.y, m.after);
      return true;
    }
    if (m.y == v && m.a != null && !m.subtract && !m.scaled && m.after == 0 && !summed) {
      take(n, m, null, false, 1, m.a, 0);
      return true;
    }
    if (m.x == v && m.a != null && m.y == null && m.after == 0) {
      // v − a = −(a − v), then the product.
      if (n.subtract || n.scaled || summed) {
        return false;
      }
      take(n, m, m.a, true, q.negate(m.scaled ? m.scale : 1), null, 0);
      return true;
    }
    return false;
  }

  private void take(
      Node n,
      Node m,
      @Nullable Value x,
      boolean subtract,
      long factor,
      @Nullable Value y,
      long after) {
    Modulus q = ring.modulus(n.modulus);
    n.unlink();
    n.replace(m);
    if (subtract) {
      n.subtract = true;
      n.x = x;
    }
    if (factor != 1) {
      n.scale = n.scaled ? q.multiply(n.scale, factor) : factor;
      n.scaled = true;
    }
    if (y != null) {
      n.y = y;
    }
    n.after = q.add(n.after, after);
    n.link();
  }
}
