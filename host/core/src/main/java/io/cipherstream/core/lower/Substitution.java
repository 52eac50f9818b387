package io.cipherstream.core.lower;

import org.jspecify.annotations.Nullable;

/** Puts one value in the place of another. */
final class Substitution {

  private Substitution() {}

  /** Lets a node read {@code to} wherever it reads {@code from}. */
  static void of(Node n, Value from, Value to) {
    n.unlink();
    n.a = swap(n.a, from, to);
    n.x = swap(n.x, from, to);
    n.y = swap(n.y, from, to);
    n.terms.replaceAll(
        t -> new GraphTerm(t.a() == from ? to : t.a(), swap(t.value(), from, to), t.factor()));
    n.link();
  }

  private static @Nullable Value swap(@Nullable Value v, Value from, Value to) {
    return v == from ? to : v;
  }
}
