package io.cipherstream.opencl.image;

import java.util.List;

/**
 * One finished run of a core: the programs of a round, joined.
 *
 * @param engine name of the engine
 * @param program name of the programs
 * @param unit compute unit of the card, from 0
 * @param instructions instructions of the run
 * @param bound {@link CoreCycles#bound} of them
 * @param work what the units did
 * @param jobs what the clusters ran, one after the other
 * @param nanos time on the device by its own clock; for a simulation, cycles at the stated clock
 */
public record CoreRun(
    String engine,
    String program,
    int unit,
    int instructions,
    long bound,
    CoreWork work,
    List<CoreJob> jobs,
    long nanos) {

  public CoreRun {
    jobs = List.copyOf(jobs);
  }
}
