package io.cipherstream.intervals;

/** The slots of a query: 1 in the region's bins, 0 elsewhere. */
public final class QueryMask {

  private QueryMask() {}

  /** Those of one chunk. */
  public static double[] slots(BinGrid.Bins region, int chunk) {
    double[] slots = new double[BinGrid.CHUNK];
    int from = chunk * BinGrid.CHUNK;
    for (int i = Math.max(region.from(), from);
        i < Math.min(region.to(), from + BinGrid.CHUNK);
        i++) {
      slots[i - from] = 1;
    }
    return slots;
  }
}
