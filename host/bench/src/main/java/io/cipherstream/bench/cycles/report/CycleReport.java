package io.cipherstream.bench.cycles.report;

import io.cipherstream.bench.report.MachineFacts;
import io.cipherstream.bench.report.ReportFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole run of the cycle benchmarks.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param created when it began, ISO 8601
 * @param seconds how long it took
 * @param quick whether this is the short run over fewer cases
 * @param versions by name
 * @param cores the configurations that were simulated or predicted
 * @param plans what cards would do, by prediction alone
 * @param notes for the reader: what to keep in mind
 */
public record CycleReport(
    int schemaVersion,
    String created,
    double seconds,
    boolean quick,
    MachineFacts machine,
    Map<String, String> versions,
    List<Core> cores,
    List<CycleMeasurement> measurements,
    List<CardPlan> plans,
    List<String> notes) {

  /** Version of this record as JSON. */
  public static final int SCHEMA_VERSION = 2;

  /** The report for programs. */
  public static final ReportFile<CycleReport> FILE =
      new ReportFile<>("cycles.json", CycleReport.class, SCHEMA_VERSION);

  /**
   * A core and the memory before it.
   *
   * @param rtlDigest SHA-256 of the register-transfer code of the image; empty if there was none
   * @param lanes P: butterflies of a cluster
   * @param products M: product lanes of a cluster
   * @param streamWords Q: words a cycle of a stream
   * @param slots S: limbs that a cluster holds
   * @param clockMhz the clock that times are stated at; nothing measured it
   * @param latencyCycles of the memory, each way
   * @param bytesPerCycle what the memory moves, all ports together
   */
  public record Core(
      String configuration,
      String rtlDigest,
      int clusters,
      int lanes,
      int products,
      int streamWords,
      int slots,
      int wordBits,
      double clockMhz,
      int latencyCycles,
      double bytesPerCycle) {

    /** What it is called in tables and charts. */
    public String label() {
      return (clusters == 1 ? "" : clusters + " × ") + "P = " + lanes;
    }
  }

  public CycleReport {
    versions = new java.util.TreeMap<>(versions);
    cores = List.copyOf(cores);
    measurements = List.copyOf(measurements);
    plans = List.copyOf(plans);
    notes = List.copyOf(notes);
  }

  /** The core of that configuration. */
  public Core core(String configuration) {
    return cores.stream()
        .filter(core -> core.configuration().equals(configuration))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no core " + configuration));
  }

  /** The measurement of a case on a configuration. */
  public Optional<CycleMeasurement> find(String configuration, CycleCase what) {
    return measurements.stream()
        .filter(m -> m.configuration().equals(configuration) && m.what().equals(what))
        .findFirst();
  }

  /** Number of simulated programs whose words differ from the interpreter's. */
  public long differentWords() {
    return measurements.stream()
        .filter(m -> m.simulated() != null && !m.simulated().wordsEqual())
        .count();
  }

  /** Number of programs that were simulated. */
  public long simulated() {
    return measurements.stream().filter(m -> m.simulated() != null).count();
  }
}
