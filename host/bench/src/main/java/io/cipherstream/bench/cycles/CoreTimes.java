package io.cipherstream.bench.cycles;

/**
 * Cycles of a core's steps for limbs of one degree and one memory.
 *
 * @param beats in which a limb passes a memory port, when nothing else slows it
 * @param portBytes that a limb moves on a port in a cycle meanwhile
 * @param read from the start of an instruction to its first operand beat
 * @param write from a stretch's last beat to the memory's answer
 * @param transform from a limb's first row to the next limb's
 * @param rows rows of butterflies of a limb
 * @param tables root tables that an NTT unit holds
 * @param insert between two instructions that enter the window
 */
record CoreTimes(
    double beats,
    double portBytes,
    double read,
    double write,
    double transform,
    long rows,
    int tables,
    double insert) {

  /** Registers and queues on the way of a read, of a write, and of a descriptor. */
  private static final int READ_STEPS = 14;

  private static final int WRITE_STEPS = 12;
  private static final int DECODE_STEPS = 11;

  static CoreTimes of(CoreShape core, MemoryShape memory, int degreeBits) {
    double degree = 1 << degreeBits;
    double lines = degree / core.busWords();
    // A burst is asked for when there is room for all of it: so far ahead of its use at least.
    double ahead =
        (double) core.busWords()
            * (core.aheadBeats() - core.burstBeats())
            / (memory.latencyCycles() + READ_STEPS);
    double words = Math.min(core.portWords(), ahead);
    return new CoreTimes(
        degree / words,
        words * Long.BYTES,
        memory.latencyCycles() + READ_STEPS,
        memory.latencyCycles() + Math.min(core.burstBeats(), lines) + WRITE_STEPS,
        core.transformCycles(degreeBits),
        core.rows(degreeBits),
        core.tables(degreeBits),
        core.window() + DECODE_STEPS);
  }
}
