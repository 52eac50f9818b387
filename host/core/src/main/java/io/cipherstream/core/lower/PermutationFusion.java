package io.cipherstream.core.lower;

import java.util.List;
import java.util.Objects;

/**
 * Lets whatever writes a slot permute it: a pass that only permutes vanishes into what computes or
 * loads its operand, if nothing else reads that.
 */
final class PermutationFusion {

  private PermutationFusion() {}

  static void fuse(List<Node> nodes) {
    for (Node n : nodes) {
      if (n.dead || n.kind != Node.Kind.PASS || n.galois == 1 || n.isTransform() || n.zeros) {
        continue;
      }
      Value a = n.a;
      if (a == null || !a.single() || a.galois != 1 || !n.hasNoPre() || !n.hasNoPost()) {
        continue;
      }
      Node made = a.definition;
      if (made != null && made.galois == 1) {
        made.galois = n.galois;
        made.replace(n);
      } else if (made == null) {
        a.galois = n.galois;
        Value out = Objects.requireNonNull(n.out);
        n.unlink();
        n.dead = true;
        for (Node reader : List.copyOf(out.uses)) {
          Substitution.of(reader, out, a);
        }
      }
    }
  }
}
