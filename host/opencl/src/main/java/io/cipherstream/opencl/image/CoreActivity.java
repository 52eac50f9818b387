package io.cipherstream.opencl.image;

/**
 * Running totals of the cores of an engine, over all compute units.
 *
 * @param runs successful runs
 * @param instructions instructions of those runs
 * @param cycles clock cycles of those runs, summed over the units
 * @param butterflyRows rows of P butterflies that NTT units issued
 * @param vectorBeats beats of P words that vector units issued
 * @param bothBusyCycles cycles in which both kinds of unit issued
 * @param nanos time on the device by its own clock
 */
public record CoreActivity(
    long runs,
    long instructions,
    long cycles,
    long butterflyRows,
    long vectorBeats,
    long bothBusyCycles,
    long nanos) {

  /** Nothing yet. */
  public static final CoreActivity NONE = new CoreActivity(0, 0, 0, 0, 0, 0, 0);

  /** The totals with one more run. */
  public CoreActivity plus(CoreRun run) {
    CoreResult r = run.result();
    return new CoreActivity(
        runs + 1,
        instructions + run.instructions(),
        cycles + r.cycles(),
        butterflyRows + r.butterflyRows(),
        vectorBeats + r.vectorBeats(),
        bothBusyCycles + r.bothBusyCycles(),
        nanos + run.nanos());
  }
}
