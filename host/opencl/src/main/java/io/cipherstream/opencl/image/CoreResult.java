package io.cipherstream.opencl.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The result lines of a job: outcome, work of the clusters, their capabilities.
 *
 * @param status number of a {@link CoreStatus}
 * @param failedLine line of the operation at which the job stopped, in its stream
 * @param zeroWords zero words that were counted
 * @param work of all clusters
 * @param magic {@value #MAGIC}
 * @param version version of the operations
 * @param capabilities the second line
 */
public record CoreResult(
    int status,
    int failedLine,
    long zeroWords,
    CoreWork work,
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
        new CoreWork(b.getLong(16), b.getLong(24), b.getLong(32), b.getLong(40)),
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

  /** Whether a core wrote the first line, which {@link #erase} fills with ones. */
  public boolean written() {
    return magic != -1 || version != -1 || status != -1;
  }
}
