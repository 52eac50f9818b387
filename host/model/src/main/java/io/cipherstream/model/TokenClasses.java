package io.cipherstream.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Token classes of modes paper and compact: the sentence lengths T that slots are laid out for.
 * Those of mode hybrid follow from a model's width.
 */
public final class TokenClasses {

  /** All classes, ascending. */
  public static final List<Integer> ALL = List.of(16, 32, 64);

  /** Most tokens of a sentence in mode hybrid. */
  public static final int HYBRID_MAX = 1024;

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

  /** Most tokens that a sentence to a model of that shape may have in its modes. */
  static int tokensMax(ModelShape shape) {
    return ModelModes.of(shape).contains(ModelModes.HYBRID)
        ? Math.min(shape.positions(), HYBRID_MAX)
        : tokensMax(shape.positions());
  }

  /** Most tokens a sentence may have: positions, but not above the largest class. */
  public static int tokensMax(int positions) {
    return Math.min(positions, ALL.get(ALL.size() - 1));
  }
}
