package io.cipherstream.bench.cycles;

/**
 * What a core program takes.
 *
 * @param cycles from its first operation to its result
 * @param butterflies cycles in which a cluster's butterflies work, on average
 * @param products cycles in which a cluster's product lanes work, on average
 * @param rows accesses to port B of a cluster's scratchpad, on average
 * @param bytesIn operands from memory
 * @param bytesOut results and spilled limbs to memory
 * @param programBytes operations that are fetched
 */
public record ClusterPrediction(
    double cycles,
    double butterflies,
    double products,
    double rows,
    long bytesIn,
    long bytesOut,
    long programBytes) {

  /** Of nothing. */
  public static final ClusterPrediction NONE = new ClusterPrediction(0, 0, 0, 0, 0, 0, 0);

  /** Bytes between clusters and memory. */
  public long bytesMoved() {
    return bytesIn + bytesOut + programBytes;
  }

  /** Of one program after the other. */
  public ClusterPrediction then(ClusterPrediction next) {
    return new ClusterPrediction(
        cycles + next.cycles,
        butterflies + next.butterflies,
        products + next.products,
        rows + next.rows,
        bytesIn + next.bytesIn,
        bytesOut + next.bytesOut,
        programBytes + next.programBytes);
  }
}
