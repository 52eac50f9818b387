package io.cipherstream.opencl.image;

/**
 * Running totals of the cores of an engine, over all compute units.
 *
 * @param runs successful runs, each a launch of the kernel
 * @param instructions instructions of those runs
 * @param work what the units did, cycles summed over the compute units
 * @param nanos time on the device by its own clock
 */
public record CoreActivity(long runs, long instructions, CoreWork work, long nanos) {

  /** Nothing yet. */
  public static final CoreActivity NONE = new CoreActivity(0, 0, CoreWork.NONE, 0);

  /** The totals with one more run. */
  public CoreActivity plus(CoreRun run) {
    return new CoreActivity(
        runs + 1, instructions + run.instructions(), work.plus(run.work()), nanos + run.nanos());
  }

  public long cycles() {
    return work.cycles();
  }

  public long butterflyRows() {
    return work.butterflyRows();
  }

  public long productRows() {
    return work.productRows();
  }
}
