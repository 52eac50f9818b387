package io.cipherstream.opencl.image;

/**
 * One finished run of a core: a program or, where it was divided, a part of one.
 *
 * @param engine name of the engine
 * @param program name of the program
 * @param unit compute unit of the card, from 0
 * @param first first instruction within the program
 * @param instructions instructions of the run
 * @param bound {@link CoreCycles#bound} of them
 * @param result what the core wrote
 * @param nanos time on the device by its own clock; for a simulation, cycles at the stated clock
 */
public record CoreRun(
    String engine,
    String program,
    int unit,
    int first,
    int instructions,
    long bound,
    CoreResult result,
    long nanos) {}
