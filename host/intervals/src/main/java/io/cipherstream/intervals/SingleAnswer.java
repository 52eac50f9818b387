package io.cipherstream.intervals;

/** What the answer to a query of one track says. */
public final class SingleAnswer {

  private SingleAnswer() {}

  /**
   * Base pairs of the region that the track covers, as {@code bedtools coverage} counts them.
   *
   * @param slots decrypted: in slot s the covered base pairs of the region's bins s, s + 4096, …
   * @throws IntervalException if a slot is no whole number in range
   */
  public static long coveredBases(BinGrid grid, double[] slots) {
    long most = (long) grid.chunks() * grid.binSize();
    long bases = 0;
    for (double slot : slots) {
      bases += WholeNumbers.of(slot, most);
    }
    return bases;
  }
}
