package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * The embeddings of a graph: a norm over the sum of a word's, a segment's and a position's row.
 *
 * @param norm what stands after the sum
 * @param firstPosition the row of a text's first token among the positions: behind the padding's in
 *     RoBERTa and MPNet, which count the tokens that are no padding
 */
record OnnxEmbeddings(
    OnnxNorm norm, FloatTable words, FloatTable types, FloatTable positions, int firstPosition) {

  /**
   * Reads a base as that; null if no row of words is in it.
   *
   * @param tokens rows that the graph was computed with
   * @throws ModelException of kind UNSUPPORTED if something else is added to the words
   */
  static @Nullable OnnxEmbeddings of(OnnxBase base, int tokens) {
    OnnxNorm norm = OnnxNorm.of(base);
    if (norm == null) {
      return null;
    }
    OnnxSum sum = OnnxSum.of(norm.x());
    boolean any = sum.terms().stream().anyMatch(t -> t.meaning() instanceof OnnxMeaning.Embedded);
    return any ? new Reader(tokens, norm.gamma().length).read(norm, sum) : null;
  }

  EmbeddingTable table(double epsilon, @Nullable PositionBias bias) {
    return new EmbeddingTable(words, positions, types, norm.layer(), epsilon, null, bias)
        .withPositions(firstPosition, positions.rows() - firstPosition);
  }

  /** Sorts the terms of the sum by what their rows are chosen by. */
  private static final class Reader {
    private final int tokens;
    private final int width;
    private final double[] everyToken;
    private @Nullable FloatTable words;
    private @Nullable FloatTable types;
    private @Nullable FloatTable positions;
    private int firstPosition;

    Reader(int tokens, int width) {
      this.tokens = tokens;
      this.width = width;
      this.everyToken = new double[width];
    }

    OnnxEmbeddings read(OnnxNorm norm, OnnxSum sum) {
      for (OnnxBase term : sum.terms()) {
        term(term);
      }
      for (OnnxValue constant : sum.constants()) {
        constant(constant);
      }
      if (words == null || positions == null) {
        throw OnnxRefusal.unsupported(
            words == null ? "no table of words" : "no table of positions is added to the words'");
      }
      return new OnnxEmbeddings(norm, words, types(), positions, firstPosition);
    }

    private void term(OnnxBase term) {
      if (!(term.meaning() instanceof OnnxMeaning.Embedded row) || row.width() != width) {
        throw OnnxRefusal.unsupported(
            "something else than rows of tables is in the embeddings: " + OnnxEncoder.name(term));
      }
      FloatTable table = table(row.table());
      if (!(row.ids().meaning() instanceof OnnxMeaning.Fed fed)) {
        firstPosition = counted(row.ids(), table.rows());
        positions = only(positions, table, "positions");
        return;
      }
      switch (fed.role()) {
        case IDS -> words = only(words, table, "words");
        case TYPES -> types = only(types, table, "segments");
        case POSITIONS -> positions = only(positions, table, "positions");
        case MASK -> throw OnnxRefusal.unsupported("a table's rows are chosen by the mask");
      }
    }

    /**
     * Where positions begin that the graph counts from its words, one more a token; that they do so
     * for every text is seen where the model is compared with the graph.
     */
    private int counted(OnnxBase ids, int rows) {
      double first = ids.get(0);
      boolean counts = ids.length() == tokens && first >= 0 && first + tokens <= rows;
      for (int t = 0; counts && t < tokens; t++) {
        counts = ids.get(t) == first + t;
      }
      if (!counts) {
        throw OnnxRefusal.unsupported(
            "a table's rows are chosen by numbers computed from the text that do not count its"
                + " tokens: expected words, segments, and positions one after the other");
      }
      return (int) first;
    }

    /**
     * A constant row for every token is a segment's; rows from a table's first on are positions.
     */
    private void constant(OnnxValue constant) {
      double[] row = OnnxAffine.features(constant, width);
      if (row != null) {
        for (int i = 0; i < width; i++) {
          everyToken[i] += row[i];
        }
        return;
      }
      if (constant.length() != tokens * width || constant.base().length() % width != 0) {
        throw OnnxRefusal.unsupported("a constant of another size is added to the embeddings");
      }
      for (int i = 0; i < constant.length(); i++) {
        if (constant.place(i) != i) {
          throw OnnxRefusal.unsupported(
              "positions are no rows of a table from its first row on: token "
                  + i / width
                  + " has another");
        }
      }
      positions = only(positions, table(constant.base()), "positions");
    }

    private FloatTable types() {
      FloatTable table = types;
      boolean nothing = true;
      for (double v : everyToken) {
        nothing &= v == 0;
      }
      if (table != null && nothing) {
        return table;
      }
      int rows = table == null ? 1 : table.rows();
      double[] sum = new double[rows * width];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = everyToken[i % width] + (table == null ? 0 : table.value(i));
      }
      return FloatTable.of(rows, width, OnnxAffine.floats(sum));
    }

    private static FloatTable only(@Nullable FloatTable before, FloatTable table, String what) {
      if (before != null) {
        throw OnnxRefusal.unsupported("two tables of " + what + " in the embeddings");
      }
      return table;
    }

    private FloatTable table(OnnxBase base) {
      TensorData data = base.data();
      int rows = base.length() / width;
      if (data == null) {
        double[] values = new double[base.length()];
        for (int i = 0; i < values.length; i++) {
          values[i] = base.get(i);
        }
        return FloatTable.of(rows, width, OnnxAffine.floats(values));
      }
      return data.shape().length == 2 ? data.table() : FloatTable.of(rows, width, data.floats());
    }
  }
}
