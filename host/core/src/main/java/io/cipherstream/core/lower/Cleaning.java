package io.cipherstream.core.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Removes what nobody needs, and counts zeros where the words pass anyway. */
final class Cleaning {

  private Cleaning() {}

  /** The nodes that are left, in the order of the program. */
  static List<Node> alive(List<Node> nodes) {
    List<Node> alive = new ArrayList<>(nodes);
    boolean changed = true;
    while (changed) {
      changed = false;
      alive.removeIf(n -> n.dead);
      // What reads stands mostly behind what it reads.
      for (int i = alive.size() - 1; i >= 0; i--) {
        Node n = alive.get(i);
        boolean read = n.out != null && !n.out.uses.isEmpty();
        if (n.kind != Node.Kind.STORE && !n.zeros && !read) {
          n.unlink();
          n.dead = true;
          changed = true;
        }
      }
    }
    return alive;
  }

  /** A pass that only counts vanishes into the pass that computes what it counts. */
  static void count(List<Node> nodes) {
    for (Node n : nodes) {
      if (!n.dead && n.zeros && n.out == null) {
        Value a = Objects.requireNonNull(n.a);
        Node made = a.definition;
        if (made != null && made.kind == Node.Kind.PASS && made.hasNoPost() && !made.zeros) {
          made.zeros = true;
          n.unlink();
          n.dead = true;
        }
      }
    }
  }
}
