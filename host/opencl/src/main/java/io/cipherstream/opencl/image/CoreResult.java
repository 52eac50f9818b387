package io.cipherstream.opencl.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The result lines of a program: outcome, work of the units, capabilities of the core.
 *
 * @param status number of a {@link CoreStatus}
 * @param failedInstruction descriptor at which the program stopped
 * @param zeroWords zero words that ZEROS counted
 * @param cycles clock cycles of the program
 * @param butterflyRows rows of P butterflies that the NTT units issued
 * @param vectorBeats beats of P words that the vector unit issued
 * @param instructions finished instructions
 * @param bothBusyCycles cycles in which both kinds of unit issued
 * @param magic {@value #MAGIC}
 * @param version version of the instruction set
 * @param capabilities the second line
 */
public record CoreResult(
    int status,
    int failedInstruction,
    long zeroWords,
    long cycles,
    long butterflyRows,
    long vectorBeats,
    long instructions,
    long bothBusyCycles,
    int magic,
    int version,
    CoreCapabilities capabilities) {

  /** Bytes of both lines. */
  public static final int BYTES = 128;

  /** "CSLP". */
  public static final int MAGIC = 0x43534c50;

  /** Reads both lines. */
  public static CoreResult of(ByteBuffer lines) {
    ByteBuffer b = lines.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new CoreResult(
        b.getInt(0),
        b.getInt(4),
        b.getLong(8),
        b.getLong(16),
        b.getLong(24),
        b.getLong(32),
        b.getLong(40),
        b.getLong(48),
        b.getInt(56),
        b.getInt(60),
        CoreCapabilities.of(b.slice(BYTES / 2, BYTES / 2)));
  }

  /** Fills both lines with ones, so that unwritten lines are recognised. */
  public static void erase(ByteBuffer lines) {
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      lines.putLong(lines.position() + i, -1L);
    }
  }

  /** What the units did. */
  public CoreWork work() {
    return new CoreWork(cycles, butterflyRows, vectorBeats, bothBusyCycles, 0, 0);
  }

  /** Whether a core wrote the first line. */
  public boolean written() {
    return magic != -1 || version != -1 || status != -1;
  }
}
