package io.cipherstream.model.sealed;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ProductBasis;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two layers of a polynomial encoder; the second computes the row of [CLS] only. A T stands for
 * no second layer: every token has an answer.
 *
 * @param first A or C: S before any square is A, and P and Q leave one row
 * @param second A, S, P or Q: a window over rows that are squares already costs a mask and has won
 *     nothing; behind a C also T
 * @param edges 0 where each neuron has a quadratic; else the feed-forward networks have edges with
 *     functions of their own ({@link EdgeFeatures}), the last one of this degree, one before it of
 *     degree 2
 */
public record SealedSpec(LayerLetter first, LayerLetter second, int edges) {

  private static final Pattern TEXT = Pattern.compile("([ACSPQT])([ACSPQT])(?:-kan([248]))?");

  private static final int LEAST_DEGREE = 2;

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
    if (edges != 0 && (new EdgeFeatures(edges).degree() > edgesMax(first, second))) {
      throw unsupported(
          "" + first + second + suffix(edges),
          "edges of degree " + edgesMax(first, second) + " at most, for which it has levels");
    }
  }

  /**
   * The highest degree of the last feed-forward network's edges that a parameter set has levels
   * for: behind a window and a layer that looks at linear states two more than the least.
   */
  private static int edgesMax(LayerLetter first, LayerLetter second) {
    boolean spare = first == LayerLetter.C && (second == LayerLetter.P || second == LayerLetter.S);
    return spare ? EdgeFeatures.DEGREE_MAX : LEAST_DEGREE;
  }

  private static String suffix(int edges) {
    return edges == 0 ? "" : "-kan" + edges;
  }

  /** With edges of the highest degree that it has levels for. */
  public SealedSpec withEdges() {
    return withEdges(edgesMax(first, second));
  }

  /**
   * With edges in its feed-forward networks.
   *
   * @param degree of the last one's
   * @throws ModelException of kind UNSUPPORTED for a degree that it has no levels for
   */
  public SealedSpec withEdges(int degree) {
    return new SealedSpec(first, second, degree);
  }

  /** Whether edges have functions of their own, and not neurons. */
  public boolean hasEdges() {
    return edges != 0;
  }

  /** Degree of a layer's feed-forward network, of a layer that has one. */
  public int degree(int layer) {
    return layer == layers() - 1 ? lastDegree() : LEAST_DEGREE;
  }

  private int lastDegree() {
    return hasEdges() ? edges : LEAST_DEGREE;
  }

  /**
   * Two letters, and of edges {@code -kan} and their degree, to a spec.
   *
   * @throws ModelException of kind UNSUPPORTED for anything else
   */
  @JsonCreator
  public static SealedSpec parse(String letters) {
    Matcher matcher = TEXT.matcher(letters);
    if (!matcher.matches()) {
      throw unsupported(
          letters,
          "two of the letters A, S, C, P, Q and T, such as CQ, perhaps with -kan and a degree of 2,"
              + " 4 or 8, such as CP-kan4");
    }
    String edges = matcher.group(3);
    return new SealedSpec(
        LayerLetter.valueOf(matcher.group(1)),
        LayerLetter.valueOf(matcher.group(2)),
        edges == null ? 0 : Integer.parseInt(edges));
  }

  private static ModelException unsupported(String letters, String expected) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED, "sealed spec '" + letters + "': expected " + expected);
  }

  /** The two letters, and {@code -kan} with a degree where edges have functions. */
  @JsonValue
  public String text() {
    return "" + first + second + suffix(edges);
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
    // the classifier is merged into the values, or there are h, its powers and the output
    return second == LayerLetter.Q ? mixed : mixed + 2 + ProductBasis.depth(lastDegree());
  }

  @Override
  public String toString() {
    return text();
  }
}
