package io.cipherstream.opencl.image;

import java.util.List;

/**
 * One finished run of a core: a program, a part of one where it was divided, or several where
 * clusters run them together.
 *
 * @param engine name of the engine
 * @param program name of the program
 * @param unit compute unit of the card, from 0
 * @param first first instruction within the program
 * @param instructions instructions of the run
 * @param bound {@link CoreCycles#bound} of them
 * @param work what the units did
 * @param jobs what clusters ran, one after the other; empty for a core that runs limb programs
 * @param nanos time on the device by its own clock; for a simulation, cycles at the stated clock
 */
public record CoreRun(
    String engine,
    String program,
    int unit,
    int first,
    int instructions,
    long bound,
    CoreWork work,
    List<ClusterJob> jobs,
    long nanos) {

  public CoreRun {
    jobs = List.copyOf(jobs);
  }
}
