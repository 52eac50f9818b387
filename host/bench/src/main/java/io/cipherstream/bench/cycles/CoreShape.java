package io.cipherstream.bench.cycles;

/**
 * What shapes the time of a core: the fields of a configuration's {@code core} of the same names,
 * and what follows from them. See the README of {@code fpga} and of its blocks.
 *
 * @param wordBits every modulus is below 2^wordBits
 * @param degreeBitsMin log₂ of the smallest ring degree; sets the Montgomery digit
 * @param degreeBitsMax log₂ of the largest ring degree
 * @param lanes P, butterflies of an NTT unit and words a cycle of the vector unit
 * @param nttUnits NTT units, each with memory ports of its own
 * @param limbBuffers limbs an NTT unit holds
 * @param twiddleSlots root tables of the largest degree that an NTT unit holds
 * @param permutationLimbs limbs the vector unit holds for permutations
 * @param busWords 64-bit words of a beat on a memory port
 * @param burstBeats most beats of a burst; a writer sends one when all of it is there
 * @param aheadBeats beats that a reader asks for before they are used
 * @param window instructions among which the core looks for one that can start
 * @param tileA wider factor of a device's multiplier
 * @param tileB narrower factor of a device's multiplier
 * @param adderLevels levels of adders between two registers
 */
public record CoreShape(
    int wordBits,
    int degreeBitsMin,
    int degreeBitsMax,
    int lanes,
    int nttUnits,
    int limbBuffers,
    int twiddleSlots,
    int permutationLimbs,
    int busWords,
    int burstBeats,
    int aheadBeats,
    int window,
    int tileA,
    int tileB,
    int adderLevels) {

  /** Steps in which the addresses of a row are worked out. */
  private static final int SEQUENCER_STEPS = 5;

  public CoreShape {
    if (Integer.bitCount(lanes) != 1 || nttUnits < 1 || limbBuffers < 2 || window < 2) {
      throw new IllegalArgumentException(
          "core of "
              + lanes
              + " lanes, "
              + nttUnits
              + " NTT units, "
              + limbBuffers
              + " limb buffers, window "
              + window
              + ": expected a power of two, at least 1, 2 and 2");
    }
  }

  /** The same core with other lanes. */
  public CoreShape withLanes(int count) {
    return new CoreShape(
        wordBits,
        degreeBitsMin,
        degreeBitsMax,
        count,
        nttUnits,
        limbBuffers,
        twiddleSlots,
        permutationLimbs,
        busWords,
        burstBeats,
        aheadBeats,
        window,
        tileA,
        tileB,
        adderLevels);
  }

  /** Words a cycle of a memory port: lanes or what the bus holds. */
  int portWords() {
    return Math.min(lanes, busWords);
  }

  /** Cycles of a product of two words, registers included. */
  private int wideProduct() {
    int tiles = ceil(wordBits, tileA) * ceil(wordBits, tileB);
    int levels = 32 - Integer.numberOfLeadingZeros(tiles - 1);
    return 1 + ceil(levels, adderLevels);
  }

  /** Cycles of a Montgomery product. */
  int montgomery() {
    return 2 + wideProduct() + 2 * ceil(wordBits, degreeBitsMin + 1);
  }

  /** Cycles from a row's issue until another row may read its results. */
  int rowLatency() {
    return 9 + montgomery();
  }

  /** Cycles from a limb's last row until all of its words are results. */
  int drain() {
    return SEQUENCER_STEPS + rowLatency();
  }

  /** Root tables of N = 2^degreeBits that an NTT unit holds. */
  int tables(int degreeBits) {
    return twiddleSlots << (degreeBitsMax - degreeBits);
  }

  /** Cycles from a beat's issue to its result at the vector unit's port. */
  int vectorLatency() {
    return 2 + 2 * montgomery();
  }

  /** Cycles from the first row of a limb to the first row of the next, N = 2^degreeBits. */
  int transformCycles(int degreeBits) {
    int bubble = Math.max(0, rowLatency() - (1 << degreeBits) / (4 * lanes));
    return degreeBits * (rows(degreeBits) / degreeBits + bubble);
  }

  /** Rows of P butterflies of a transform: log₂N · N / 2P. */
  int rows(int degreeBits) {
    return degreeBits * ((1 << degreeBits) / (2 * lanes));
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }
}
