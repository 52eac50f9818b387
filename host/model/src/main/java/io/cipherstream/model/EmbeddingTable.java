package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * The client's half of a model: word, position and token-type embeddings, their LayerNorm and,
 * where they are narrower than the layers, a matrix behind it; also what attention adds to scores
 * by relative position, where it does. Immutable.
 */
public final class EmbeddingTable {

  private final FloatTable words;
  private final FloatTable positions;
  private final FloatTable tokenTypes;
  private final NormLayer norm;
  private final double epsilon;
  private final @Nullable DenseLayer projection;
  private final @Nullable PositionBias positionBias;

  /** A table as wide as the layers. */
  public EmbeddingTable(
      FloatTable words,
      FloatTable positions,
      FloatTable tokenTypes,
      NormLayer norm,
      double epsilon) {
    this(words, positions, tokenTypes, norm, epsilon, null, null);
  }

  /**
   * @param words one row a word piece
   * @param positions one row a position
   * @param tokenTypes at least one row, one a segment; a token of segment s gets row s
   * @param norm γ and β of the embedding LayerNorm, which is always a full one
   * @param epsilon ε of that LayerNorm
   * @param projection P of P·row + p behind the norm, as ELECTRA and ALBERT have it, or null
   * @param positionBias of attention by relative position, as MPNet has it, or null
   * @throws ModelException of kind SHAPE if the widths differ
   */
  public EmbeddingTable(
      FloatTable words,
      FloatTable positions,
      FloatTable tokenTypes,
      NormLayer norm,
      double epsilon,
      @Nullable DenseLayer projection,
      @Nullable PositionBias positionBias) {
    this.words = words;
    this.positions = positions;
    this.tokenTypes = tokenTypes;
    this.norm = norm;
    this.epsilon = epsilon;
    this.projection = projection;
    this.positionBias = positionBias;
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
    if (projection != null && projection.inputs() != width) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a projection of " + projection.inputs() + " features behind embeddings of " + width);
    }
  }

  /** The same with some of its positions, which become 0, 1, …. */
  EmbeddingTable withPositions(int from, int count) {
    if (from == 0 && count == positions.rows()) {
      return this;
    }
    int width = positions.columns();
    float[] kept = new float[count * width];
    for (int t = 0; t < count; t++) {
      for (int j = 0; j < width; j++) {
        kept[t * width + j] = positions.get(from + t, j);
      }
    }
    return new EmbeddingTable(
        words,
        FloatTable.of(count, width, kept),
        tokenTypes,
        norm,
        epsilon,
        projection,
        positionBias);
  }

  /**
   * @throws ModelException of kind SHAPE if it is not as wide as an encoder's layers, or the
   *     attention of either knows relative positions and the other's does not
   */
  void checkFits(ModelShape shape) {
    if (shape.width() != width()) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "embeddings of width " + width() + " for an encoder of width " + shape.width());
    }
    int heads = shape.attention() == AttentionKind.RELATIVE ? shape.heads() : 0;
    int biased = positionBias == null ? 0 : positionBias.heads();
    if (heads != biased) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "relative positions of "
              + biased
              + " attention heads for an encoder of attention "
              + shape.attention().text()
              + " with "
              + shape.heads());
    }
  }

  /** Features of a token as the first layer gets it. */
  public int width() {
    return projection == null ? words.columns() : projection.outputs();
  }

  public int vocabulary() {
    return words.rows();
  }

  /** Largest number of tokens. */
  public int positions() {
    return positions.rows();
  }

  /** Rows of the token-type table: 1 for a model of single texts only, 2 for pairs. */
  public int segments() {
    return tokenTypes.rows();
  }

  /** As {@link #embed(int[], int[])} with segment 0 for every token. */
  public double[][] embed(int[] ids) {
    return embed(ids, new int[ids.length]);
  }

  /**
   * LayerNorm(word[ids[t]] + position[t] + tokenType[segments[t]]) in float64, and behind it the
   * projection, where there is one.
   *
   * @param segments one a token, 0 to {@link #segments()} − 1
   * @return [tokens][width]
   * @throws ModelException of kind TEXT_EMPTY without ids, TEXT_TOO_LONG with more ids than
   *     positions, TOKENIZER if an id is outside the vocabulary or a segment outside the table,
   *     SHAPE if there are more or fewer segments than ids
   */
  public double[][] embed(int[] ids, int[] segments) {
    if (ids.length == 0) {
      throw new ModelException(ModelException.Kind.TEXT_EMPTY, "no token ids: expected at least 1");
    }
    if (ids.length > positions.rows()) {
      throw new ModelException(
          ModelException.Kind.TEXT_TOO_LONG,
          ids.length + " tokens: the model takes at most " + positions.rows());
    }
    if (segments.length != ids.length) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          segments.length + " segments for " + ids.length + " tokens: expected one a token");
    }
    int width = words.columns();
    double[][] out = new double[ids.length][width];
    for (int t = 0; t < ids.length; t++) {
      int id = ids[t];
      int segment = segments[t];
      check("token id", id, t, words.rows());
      check("segment", segment, t, tokenTypes.rows());
      double[] row = out[t];
      for (int j = 0; j < width; j++) {
        row[j] = (double) words.get(id, j) + positions.get(t, j) + tokenTypes.get(segment, j);
      }
      NormLayer.normalise(row, epsilon);
      norm.affine(row);
    }
    return projection == null ? out : MatrixProduct.dense(out, projection);
  }

  private static void check(String what, int value, int token, int rows) {
    if (value < 0 || value >= rows) {
      throw new ModelException(
          ModelException.Kind.TOKENIZER,
          what + " " + value + " at position " + token + ": expected 0 to " + (rows - 1));
    }
  }

  /** The word table [vocabulary][width]. */
  public FloatTable words() {
    return words;
  }

  /** The position table [positions][width]. */
  public FloatTable positionTable() {
    return positions;
  }

  /** The token-type table [segments][width]. */
  public FloatTable tokenTypes() {
    return tokenTypes;
  }

  /** γ and β of the embedding LayerNorm. */
  public NormLayer norm() {
    return norm;
  }

  /** The matrix behind the norm; null where the table is as wide as the layers. */
  public @Nullable DenseLayer projection() {
    return projection;
  }

  /** What attention adds to scores by relative position; null where it adds nothing. */
  public @Nullable PositionBias positionBias() {
    return positionBias;
  }

  /** ε of the embedding LayerNorm. */
  public double epsilon() {
    return epsilon;
  }
}
