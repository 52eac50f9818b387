package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.report.CycleMeasurement;
import java.util.ArrayList;
import java.util.List;

/** What a reader of a cycle report has to keep in mind. */
final class CycleNotes {

  private CycleNotes() {}

  static List<String> of(
      CycleOptions options, SimulationSettings settings, List<CycleMeasurement> measured) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Cycles are those of the register-transfer code under Verilator, or predictions where it is"
            + " said. No clock was measured: times are cycles divided by the clock that a"
            + " configuration states.");
    if (options.quick()) {
      notes.add(
          "A quick run: N = 8192 only, few instructions, and no program of more than two million"
              + " cycles.");
    }
    long predictedOnly = measured.stream().filter(m -> m.simulated() == null).count();
    if (predictedOnly > 0) {
      notes.add(
          (predictedOnly == 1 ? "1 program was" : predictedOnly + " programs were")
              + " predicted and not simulated, because that would take too long.");
    }
    if (measured.stream().anyMatch(m -> m.what().degree() < 8192 && !m.what().perLimb())) {
      notes.add(
          "No parameter set has N below 8192 (128-bit security leaves 106 bits at N = 4096):"
              + " rotations and products there are the programs of N = 8192 with shorter limbs, the"
              + " same instructions in the same order.");
    }
    if (settings.statistics() == null) {
      notes.add(
          "Bytes moved are predictions: CIPHERSTREAM_SIM_STATS named no file for the simulation's"
              + " statistics.");
    }
    notes.add(
        "Keys and weights lie on the card, prepared for hoisted rotations, as after the first use;"
            + " what crosses the bus to the host is not counted.");
    return notes;
  }
}
