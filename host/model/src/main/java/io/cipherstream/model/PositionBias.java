package io.cipherstream.model;

/**
 * What attention of kind {@link AttentionKind#RELATIVE} adds to the score of a query at position i
 * and a key at position t: one learned value a head and bucket of distances t − i, as MPNet has it.
 * It is the client's, who computes attention. Immutable.
 */
public final class PositionBias {

  /** Buckets of distances: half of them for keys behind the query, half for the others. */
  static final int BUCKETS = 32;

  private static final int SIDE = BUCKETS / 2;

  /** Distances below it have a bucket of their own; longer ones share by their logarithm. */
  private static final int EXACT = SIDE / 2;

  /** From here on all distances share the last bucket of their side. */
  private static final int DISTANCE_MAX = 128;

  private final FloatTable table;

  /**
   * @param table [{@value #BUCKETS}][heads]
   * @throws ModelException of kind SHAPE if it has other rows
   */
  public PositionBias(FloatTable table) {
    this.table = table;
    if (table.rows() != BUCKETS) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "a bias of "
              + table.rows()
              + " buckets of relative positions: expected "
              + BUCKETS
              + ", as MPNet's");
    }
  }

  /** Attention heads. */
  public int heads() {
    return table.columns();
  }

  /** The values [{@value #BUCKETS}][heads]. */
  public FloatTable table() {
    return table;
  }

  /**
   * The bucket of a key's position less the query's. In the single precision in which MPNet
   * computes it, so that none falls on the other side of a bound.
   */
  static int bucket(int distance) {
    int first = distance > 0 ? SIDE : 0;
    int away = Math.abs(distance);
    if (away < EXACT) {
      return first + away;
    }
    float log = (float) Math.log((float) away / EXACT);
    float share = log / (float) Math.log((double) DISTANCE_MAX / EXACT);
    return first + Math.min(EXACT + (int) (share * (SIDE - EXACT)), SIDE - 1);
  }

  /**
   * Adds it to scores in place.
   *
   * @param scores [heads·tokens][tokens] as {@link HeadScores#of} orders them
   */
  void addTo(double[][] scores) {
    int tokens = scores.length / heads();
    for (int row = 0; row < scores.length; row++) {
      int head = row / tokens;
      int query = row % tokens;
      for (int key = 0; key < tokens; key++) {
        scores[row][key] += table.get(bucket(key - query), head);
      }
    }
  }
}
