package io.cipherstream.bench.cycles.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program on a core.
 *
 * @param instructions of the program
 * @param butterflyBound cycles in which its butterflies can be issued at best: n·log₂N·N/2P
 * @param wordBound cycles in which its words pass the busiest of streams, product lanes and memory
 *     ports at best
 * @param predicted by the model, from the core's parameters
 * @param simulated on the Verilated core; null if it was not
 * @param notSimulated why not; null if it was
 */
public record CycleMeasurement(
    String configuration,
    CycleCase what,
    int instructions,
    double butterflyBound,
    double wordBound,
    Counts predicted,
    @Nullable Simulation simulated,
    @Nullable String notSimulated) {

  /**
   * What a core needs for a program.
   *
   * @param cycles from start to the result line
   * @param rows rows of P butterflies that were issued
   * @param products rows of M products that were issued
   * @param bytes moved, by kind; empty if they were not counted
   */
  public record Counts(double cycles, long rows, long products, Map<String, Long> bytes) {

    public Counts {
      bytes = new java.util.TreeMap<>(bytes);
    }

    /** All bytes moved. */
    public long allBytes() {
      return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * What the simulated card did.
   *
   * @param words words of the results that were compared with the interpreter's
   * @param wordsEqual whether none differs
   * @param wallSeconds that the simulation took
   */
  public record Simulation(Counts counts, long words, boolean wordsEqual, double wallSeconds) {}

  /** Simulated cycles, predicted ones where there are none. */
  public double cycles() {
    return simulated == null ? predicted.cycles() : simulated.counts().cycles();
  }

  /** The counts that {@link #cycles} belongs to. */
  public Counts counts() {
    return simulated == null ? predicted : simulated.counts();
  }

  /** Whether the simulation counted the bytes that ports moved. */
  public boolean bytesCounted() {
    return simulated != null && !simulated.counts().bytes().isEmpty();
  }

  /** Bytes moved by kind, predicted where they were not counted. */
  public Map<String, Long> bytesMoved() {
    return bytesCounted() ? counts().bytes() : predicted.bytes();
  }

  /** Cycles if the busiest kind of unit never waited. */
  public double bound() {
    return Math.max(butterflyBound, wordBound);
  }

  /** Share of its best that the busiest kind of unit reached, loads and stores included. */
  public double utilisation() {
    return bound() / cycles();
  }

  /** predicted / simulated − 1; NaN if it was not simulated. */
  public double error() {
    return simulated == null ? Double.NaN : predicted.cycles() / simulated.counts().cycles() - 1;
  }
}
