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
 * @param magic {@link CoreResult#MAGIC}
 * @param version version of the operations
 * @param capabilities the second line
 */
public record ClusterResult(
    int status,
    int failedLine,
    long zeroWords,
    CoreWork work,
    int magic,
    int version,
    ClusterCapabilities capabilities) {

  /** Reads both lines. */
  public static ClusterResult of(ByteBuffer lines) {
    ByteBuffer b = lines.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new ClusterResult(
        b.getInt(0),
        b.getInt(4),
        b.getLong(8),
        new CoreWork(b.getLong(16), b.getLong(24), 0, 0, b.getLong(32), b.getLong(40)),
        b.getInt(56),
        b.getInt(60),
        ClusterCapabilities.of(b.slice(CoreResult.BYTES / 2, CoreResult.BYTES / 2)));
  }

  /** Whether a core wrote the first line, which {@link CoreResult#erase} fills with ones. */
  public boolean written() {
    return magic != -1 || version != -1 || status != -1;
  }
}
