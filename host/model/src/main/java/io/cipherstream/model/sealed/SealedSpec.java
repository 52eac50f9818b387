package io.cipherstream.model.sealed;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.cipherstream.model.ModelException;
import java.util.List;

/**
 * The two layers of a polynomial encoder; the second computes the row of [CLS] only. A T stands for
 * no second layer: every token has an answer.
 *
 * @param first A or C: S before any square is A, and P and Q leave one row
 * @param second A, S, P or Q: a window over rows that are squares already costs a mask and has won
 *     nothing; behind a C also T
 */
public record SealedSpec(LayerLetter first, LayerLetter second) {

  /** What a search tries: from few levels to many. */
  public static final List<SealedSpec> FROM_CHEAP_TO_DEEP =
      List.of(parse("CQ"), parse("CP"), parse("CS"), parse("CA"), parse("AA"));

  /** What a task of word labels takes. */
  public static final SealedSpec WORDS = parse("CT");

  /**
   * @throws ModelException of kind UNSUPPORTED if a layer cannot stand in its place
   */
  public SealedSpec {
    if (first != LayerLetter.A && first != LayerLetter.C) {
      throw unsupported("" + first + second, "A or C as the first layer");
    }
    if (first != LayerLetter.C && second == LayerLetter.T) {
      throw unsupported("" + first + second, "T behind C");
    }
    if (second == LayerLetter.C) {
      throw unsupported("" + first + second, "A, S, P, Q or T as the second layer");
    }
  }

  /**
   * Two letters to a spec.
   *
   * @throws ModelException of kind UNSUPPORTED for anything else
   */
  @JsonCreator
  public static SealedSpec parse(String letters) {
    if (!letters.matches("[ASCPQT]{2}")) {
      throw unsupported(letters, "two of the letters A, S, C, P, Q and T, such as CQ");
    }
    return new SealedSpec(
        LayerLetter.valueOf(letters.substring(0, 1)), LayerLetter.valueOf(letters.substring(1)));
  }

  private static ModelException unsupported(String letters, String expected) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED, "sealed spec '" + letters + "': expected " + expected);
  }

  /** The two letters. */
  @JsonValue
  public String text() {
    return "" + first + second;
  }

  /** The letter of a layer, 0 or 1. */
  public LayerLetter letter(int layer) {
    return layer == 0 ? first : second;
  }

  /** Whether every token has an answer, and not a text. */
  public boolean words() {
    return second == LayerLetter.T;
  }

  /** Layers that compute something: two, or without a second one. */
  public int layers() {
    return words() ? 1 : 2;
  }

  /**
   * Levels of the encrypted program: rescales on its longest path, neighbouring linear maps merged
   * into one, masks of a packing excluded.
   */
  public int levels() {
    // a window's h and h²; or Q·K·V, q·k, the square, weight · value, h and h²
    int state = first == LayerLetter.C ? 2 : 6;
    int values = state + 1;
    if (words()) {
      return values;
    }
    // e and e², to which Q adds /n; with queries and keys one more, and values are over n instead
    int weights = second.pools() || second == LayerLetter.S ? 3 : state + 3;
    int mixed = Math.max(values, weights) + 1;
    // the classifier is merged into the values, or there are h, h² and the output
    return second == LayerLetter.Q ? mixed : mixed + 3;
  }

  @Override
  public String toString() {
    return text();
  }
}
