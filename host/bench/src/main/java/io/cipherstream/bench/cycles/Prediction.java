package io.cipherstream.bench.cycles;

import java.util.Map;

/**
 * Cycles of one program on one core.
 *
 * @param cycles from start to the count in the result line, before that line is written
 * @param butterflyBound cycles in which its transforms' butterflies could be issued at best
 * @param wordBound cycles in which its words could pass the vector unit at best: N / min(P, words
 *     of a bus beat) an instruction
 * @param rows rows of butterflies, all NTT units together
 * @param beats beats of the vector unit
 * @param both cycles in which both kinds of unit issued
 * @param bytes moved, by port
 */
public record Prediction(
    double cycles,
    double butterflyBound,
    double wordBound,
    long rows,
    long beats,
    double both,
    Map<Port, Double> bytes) {

  public Prediction {
    bytes = Map.copyOf(bytes);
  }

  /** Cycles to the butterfly bound; infinite for a program without transforms. */
  public double ratio() {
    return cycles / butterflyBound;
  }

  /** All bytes moved. */
  public double allBytes() {
    return bytes.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Seconds at a clock. */
  public double seconds(double clockMegahertz) {
    return cycles / (clockMegahertz * 1e6);
  }
}
