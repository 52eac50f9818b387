package io.cipherstream.core.lower;

import io.cipherstream.core.CoreLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Joins chains of products into sums: a term that is a value times 1 makes place for the terms of
 * the sum that computes this value, if nothing else reads it. Word-wise sums of sums join as well.
 *
 * <p>A sum of more terms than may wait stays by itself if what it would be added to comes a
 * transform later than all its operands: it would keep them in their slots until then, where its
 * result takes one. In Horner's scheme these are the sums of all the rotated operands, which wait
 * for each other.
 */
final class SumFusion {

  private final int termsMax;
  private final int waitingMax;

  /** Transforms on the longest way to a node's result. */
  private final Map<Node, Integer> depths = new IdentityHashMap<>();

  /**
   * @param termsMax most terms of a sum
   * @param waitingMax most terms of a sum whose operands may wait for what it is added to
   */
  SumFusion(int termsMax, int waitingMax) {
    this.termsMax = Math.min(termsMax, CoreLayout.TERMS_MAX);
    this.waitingMax = waitingMax;
  }

  void fuse(List<Node> nodes) {
    for (Node n : nodes) {
      if (!n.dead) {
        depths.put(n, depth(n, null) + (n.isTransform() ? 1 : 0));
      }
    }
    for (int i = 0; i < nodes.size(); i++) {
      Node n = nodes.get(i);
      if (!n.dead && isAddition(n) && (isSum(n.a) || isSum(n.y) || isSum(reader(n)))) {
        n = asSum(n);
        nodes.set(i, n);
      }
      if (!n.dead && n.kind == Node.Kind.DOT && !n.ordered) {
        join(n);
      }
    }
  }

  private static boolean isAddition(Node n) {
    return n.isWordwise()
        && n.hasNoPre()
        && n.stream == null
        && n.a != null
        && n.y != null
        && n.a != n.y
        && !n.subtract
        && !n.scaled
        && n.after == 0;
  }

  /** The addition that alone reads a node's result, as the value of its other operand. */
  private static @Nullable Value reader(Node n) {
    Value v = Objects.requireNonNull(n.out);
    if (!v.single() || !isAddition(v.uses.get(0)) || v.uses.get(0).modulus != n.modulus) {
      return null;
    }
    Node next = v.uses.get(0);
    return next.a == v ? next.y : next.a;
  }

  /** Whether it is a sum that nothing else reads. */
  private static boolean isSum(@Nullable Value v) {
    return v != null && v.single() && v.definition != null && v.definition.kind == Node.Kind.DOT;
  }

  /** Transforms on the longest way to a node's operands, one left out. */
  private int depth(Node n, @Nullable Value leftOut) {
    int depth = 0;
    for (Value v : n.inputs()) {
      if (v != leftOut && v.definition != null) {
        depth = Math.max(depth, depths.getOrDefault(v.definition, 0));
      }
    }
    return depth;
  }

  private Node asSum(Node n) {
    Node sum = new Node(Node.Kind.DOT, n.at, n.modulus);
    n.unlink();
    n.dead = true;
    sum.out = Objects.requireNonNull(n.out);
    sum.out.definition = sum;
    sum.terms.add(GraphTerm.plain(Objects.requireNonNull(n.y)));
    sum.terms.add(GraphTerm.plain(Objects.requireNonNull(n.a)));
    sum.link();
    depths.put(sum, depth(sum, null));
    return sum;
  }

  /** One inner sum after the other, so that counts of readers are right in between. */
  private void join(Node n) {
    for (int i = 0; i < n.terms.size(); ) {
      GraphTerm t = n.terms.get(i);
      Node inner = t.a().definition;
      if (!t.isPlain() || inner == null || !isSum(t.a()) || !joins(n, inner)) {
        i++;
        continue;
      }
      List<GraphTerm> joined = new ArrayList<>(n.terms);
      joined.remove(i);
      joined.addAll(i, inner.terms);
      inner.unlink();
      inner.dead = true;
      n.unlink();
      n.terms = joined;
      n.link();
      i += inner.terms.size();
    }
  }

  private boolean joins(Node n, Node inner) {
    return inner != n
        && !inner.ordered
        && inner.galois == 1
        && inner.modulus == n.modulus
        && n.terms.size() - 1 + inner.terms.size() <= termsMax
        && (inner.terms.size() <= waitingMax || depth(n, inner.out) <= depth(inner, null));
  }
}
