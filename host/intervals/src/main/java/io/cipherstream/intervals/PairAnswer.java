package io.cipherstream.intervals;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * What the answer to a query of two tracks A and B says, both as their touched bins. In the slot of
 * a bin of the region stands n + {@value Plane#TOUCH}·c, where c is the number of tracks that touch
 * the bin, and n is B's nearness if A touches it and 0 if not. Immutable.
 */
public final class PairAnswer {

  private static final int MOST = Plane.NEAR_MAX + 2 * Plane.TOUCH;

  private final BinGrid grid;
  private final BinGrid.Bins region;
  private final int[] values;

  /**
   * @param slots decrypted, chunk by chunk
   * @throws IntervalException if a slot is no whole number in range
   */
  public PairAnswer(BinGrid grid, BinGrid.Bins region, List<double[]> slots) {
    this.grid = grid;
    this.region = region;
    this.values = new int[region.to() - region.from()];
    for (int i = 0; i < values.length; i++) {
      int bin = region.from() + i;
      double slot = slots.get(bin / BinGrid.CHUNK)[bin % BinGrid.CHUNK];
      values[i] = (int) WholeNumbers.of(slot, MOST);
    }
  }

  /** Base pairs of bins that both touch. */
  public long intersection() {
    return bases(value -> value / Plane.TOUCH == 2);
  }

  /** Base pairs of bins that one or both touch. */
  public long union() {
    return bases(value -> value / Plane.TOUCH > 0);
  }

  /**
   * Base pairs of A's bins that have a bin of B at most {@code window} base pairs away, on either
   * side: of the intervals that {@code bedtools window -u -w} reports. With window 0 these are the
   * bins that both touch.
   *
   * @throws IntervalException as {@link #checkWindow}
   */
  public long within(long window) {
    checkWindow(window, grid.binSize());
    long bins = (window + grid.binSize() - 1) / grid.binSize();
    return bases(value -> value % Plane.TOUCH >= Plane.NEAR_MAX - bins);
  }

  /**
   * @throws IntervalException for a window that is negative or of {@link Plane#NEAR_MAX} bins or
   *     more, which nearness does not tell apart
   */
  public static void checkWindow(long window, int binSize) {
    long most = (Plane.NEAR_MAX - 1L) * binSize;
    if (window < 0 || window > most) {
      throw new IntervalException(
          "window of "
              + window
              + " bp: expected 0 to "
              + most
              + " bp with bins of "
              + binSize
              + " bp");
    }
  }

  private long bases(IntPredicate wanted) {
    long bases = 0;
    for (int i = 0; i < values.length; i++) {
      bases += wanted.test(values[i]) ? grid.length(region.from() + i) : 0;
    }
    return bases;
  }
}
