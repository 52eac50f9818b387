package io.cipherstream.model;

/**
 * The client's half of a model: word, position and token-type embeddings and their LayerNorm.
 * Immutable.
 */
public final class EmbeddingTable {

  private final FloatTable words;
  private final FloatTable positions;
  private final FloatTable tokenTypes;
  private final NormLayer norm;
  private final double epsilon;

  /**
   * @param words one row a word piece
   * @param positions one row a position
   * @param tokenTypes at least one row; row 0 is added to every token
   * @param norm γ and β of the embedding LayerNorm, which is always a full one
   * @param epsilon ε of that LayerNorm
   * @throws ModelException of kind SHAPE if the widths differ
   */
  public EmbeddingTable(
      FloatTable words,
      FloatTable positions,
      FloatTable tokenTypes,
      NormLayer norm,
      double epsilon) {
    this.words = words;
    this.positions = positions;
    this.tokenTypes = tokenTypes;
    this.norm = norm;
    this.epsilon = epsilon;
    int width = words.columns();
    if (positions.columns() != width || tokenTypes.columns() != width || norm.width() != width) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "embedding widths differ: words "
              + width
              + ", positions "
              + positions.columns()
              + ", token types "
              + tokenTypes.columns()
              + ", norm "
              + norm.width());
    }
  }

  public int width() {
    return words.columns();
  }

  public int vocabulary() {
    return words.rows();
  }

  /** Largest number of tokens. */
  public int positions() {
    return positions.rows();
  }

  /**
   * LayerNorm(word[ids[t]] + position[t] + tokenType[0]) in float64.
   *
   * @return [tokens][width]
   * @throws ModelException of kind TEXT_EMPTY without ids, TEXT_TOO_LONG with more ids than
   *     positions, TOKENIZER if an id is outside the vocabulary
   */
  public double[][] embed(int[] ids) {
    if (ids.length == 0) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no token ids: expected at least 1");
    }
    if (ids.length > positions.rows()) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          ids.length + " tokens: the model takes at most " + positions.rows());
    }
    int width = words.columns();
    double[][] out = new double[ids.length][width];
    for (int t = 0; t < ids.length; t++) {
      int id = ids[t];
      if (id < 0 || id >= words.rows()) {
        throw new ModelException(
            ModelException.Kind.TOKENIZER,
            "token id " + id + " at position " + t + ": expected 0 to " + (words.rows() - 1));
      }
      double[] row = out[t];
      for (int j = 0; j < width; j++) {
        row[j] = (double) words.get(id, j) + positions.get(t, j) + tokenTypes.get(0, j);
      }
      NormLayer.normalise(row, epsilon);
      norm.affine(row);
    }
    return out;
  }

  FloatTable wordTable() {
    return words;
  }

  FloatTable positionTable() {
    return positions;
  }

  FloatTable tokenTypeTable() {
    return tokenTypes;
  }

  NormLayer norm() {
    return norm;
  }
}
