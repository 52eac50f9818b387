package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * What the numbers of an {@link OnnxBase} are, apart from layout: the formula that made them from
 * other bases. Rows stand one a token; x, a and b are bases.
 */
@SuppressWarnings("ArrayRecordComponent")
sealed interface OnnxMeaning {

  /** A constant of the file, or computed from such. */
  record Constant() implements OnnxMeaning {}

  /** What the graph is fed with. */
  record Fed(OnnxRole role) implements OnnxMeaning {}

  /** Row ids[t] of a table of that width. */
  record Embedded(OnnxBase table, int width, OnnxBase ids) implements OnnxMeaning {}

  /** W·x for every row x of {@code inputs} numbers; weight is W [outputs][inputs]. */
  record Linear(OnnxBase x, int inputs, int outputs, float[] weight) implements OnnxMeaning {}

  /** x ∘ constant, or constant ∘ x, the constant laid out as x. */
  record WithConstant(String operator, OnnxBase x, OnnxValue constant, boolean constantFirst)
      implements OnnxMeaning {}

  /** a[i] ∘ b[map[i]], or b[map[i]] ∘ a[i] when swapped; map null stands for i. */
  record Pair(String operator, OnnxBase a, OnnxBase b, int @Nullable [] map, boolean swapped)
      implements OnnxMeaning {}

  /** A function of each number, by its operator's name. */
  record Function(String operator, OnnxBase x) implements OnnxMeaning {}

  /** The reduction of every row of width numbers to one. */
  record RowReduction(String operator, OnnxBase x, int width) implements OnnxMeaning {}

  /** The reduction over all rows of width numbers to one row. */
  record TokenReduction(String operator, OnnxBase x, int width) implements OnnxMeaning {}

  /** LayerNorm of every row, γ and β of the row's width. */
  record Norm(OnnxBase x, double[] gamma, double[] beta, double epsilon) implements OnnxMeaning {}

  /** Rows [tokens][width] of features (head, i) at features[head · headWidth + i]. */
  record Heads(OnnxBase x, int width, int heads, int headWidth, int[] features) {}

  /** Products of queries and keys, [heads][tokens][tokens]. */
  record Scores(Heads query, Heads key) implements OnnxMeaning {}

  /** Softmax of every row of width numbers. */
  record Softmax(OnnxBase x, int width) implements OnnxMeaning {}

  /** Σ p·v, [tokens][heads · headWidth]. */
  record Context(OnnxBase weights, Heads value) implements OnnxMeaning {}

  /** x[index[i]]. */
  record Picked(OnnxBase x, int[] index) implements OnnxMeaning {}

  /** Anything else, by the node that made it. */
  record Other(String node) implements OnnxMeaning {}
}
