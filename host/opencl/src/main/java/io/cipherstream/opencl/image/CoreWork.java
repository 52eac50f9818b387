package io.cipherstream.opencl.image;

/**
 * What the units of a core did in a run, as the core counted it.
 *
 * @param cycles clock cycles of the run
 * @param butterflyRows rows of P butterflies that were issued
 * @param vectorBeats beats of P words that the vector unit issued; 0 for clusters
 * @param bothBusyCycles cycles in which NTT and vector unit issued; 0 for clusters
 * @param productRows rows of M products that clusters issued
 * @param operations operations of core programs that clusters dispatched
 */
public record CoreWork(
    long cycles,
    long butterflyRows,
    long vectorBeats,
    long bothBusyCycles,
    long productRows,
    long operations) {

  /** Nothing yet. */
  public static final CoreWork NONE = new CoreWork(0, 0, 0, 0, 0, 0);

  /** The sum of both. */
  public CoreWork plus(CoreWork other) {
    return new CoreWork(
        cycles + other.cycles,
        butterflyRows + other.butterflyRows,
        vectorBeats + other.vectorBeats,
        bothBusyCycles + other.bothBusyCycles,
        productRows + other.productRows,
        operations + other.operations);
  }
}
