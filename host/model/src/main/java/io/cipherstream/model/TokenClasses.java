package io.cipherstream.model;

import java.util.ArrayList;
import java.util.List;

/** Token classes: the sentence lengths T that slots are laid out for. */
public final class TokenClasses {

  /** All classes, ascending. */
  public static final List<Integer> ALL = List.of(16, 32, 64);

  private TokenClasses() {}

  /** The classes that a sentence of at most that many positions can need. */
  public static List<Integer> forPositions(int positions) {
    List<Integer> out = new ArrayList<>();
    int before = 0;
    for (int tokens : ALL) {
      if (before < positions) {
        out.add(tokens);
      }
      before = tokens;
    }
    return List.copyOf(out);
  }

  /** Most tokens a sentence may have: positions, but not above the largest class. */
  public static int tokensMax(int positions) {
    return Math.min(positions, ALL.get(ALL.size() - 1));
  }
}
