package io.cipherstream.opencl.image;

/**
 * What the clusters of a core did in a run, as the core counted it.
 *
 * @param cycles clock cycles of the run
 * @param butterflyRows rows of P butterflies that were issued
 * @param productRows rows of M products that were issued
 * @param operations operations of core programs that were dispatched
 */
public record CoreWork(long cycles, long butterflyRows, long productRows, long operations) {

  /** Nothing yet. */
  public static final CoreWork NONE = new CoreWork(0, 0, 0, 0);

  /** The sum of both. */
  public CoreWork plus(CoreWork other) {
    return new CoreWork(
        cycles + other.cycles,
        butterflyRows + other.butterflyRows,
        productRows + other.productRows,
        operations + other.operations);
  }
}
