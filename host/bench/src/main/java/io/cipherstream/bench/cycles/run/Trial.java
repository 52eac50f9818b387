package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleMeasurement;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Simulation;
import io.cipherstream.ring.LimbProgram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A case on a configuration with its prediction.
 *
 * @param instructions of the program
 */
record Trial(CoreConfiguration on, CycleCase what, CasePrediction predicted, int instructions) {

  private static final List<Integer> DEGREES_QUICK = List.of(8192);
  private static final List<Integer> DEGREES_FULL = List.of(4096, 8192, 16384);

  /** What is to be run on a core, predicted. */
  static List<Trial> of(
      CoreConfiguration on, MemoryShape memory, boolean quick, CasePrograms programs) {
    List<Trial> trials = new ArrayList<>();
    for (int degree : degrees(on, quick)) {
      for (CycleCase what : CasePrograms.of(degree, quick)) {
        LimbProgram program = programs.of(what);
        CasePrediction p = CasePrediction.of(program, on.shape(memory));
        trials.add(new Trial(on, what, p, program.instructions().size()));
      }
    }
    return trials;
  }

  /** The degrees of the run that the core takes; its smallest if it takes none of them. */
  private static List<Integer> degrees(CoreConfiguration on, boolean quick) {
    int least = 1 << on.core().degreeBitsMin();
    int most = 1 << on.core().degreeBitsMax();
    List<Integer> fitting =
        (quick ? DEGREES_QUICK : DEGREES_FULL)
            .stream().filter(n -> n >= least && n <= most).toList();
    return fitting.isEmpty() ? List.of(least) : fitting;
  }

  /** Trials that follow each other on one configuration and one ring, together. */
  static List<List<Trial>> byRing(List<Trial> trials) {
    List<List<Trial>> groups = new ArrayList<>();
    @Nullable Trial before = null;
    for (Trial t : trials) {
      if (before == null
          || !t.on().equals(before.on())
          || t.what().degree() != before.what().degree()) {
        groups.add(new ArrayList<>());
      }
      groups.get(groups.size() - 1).add(t);
      before = t;
    }
    return groups;
  }

  CycleMeasurement measurement(@Nullable Simulation simulation, @Nullable String notSimulated) {
    return new CycleMeasurement(
        on.name(),
        what,
        instructions,
        predicted.butterflyBound(),
        predicted.wordBound(),
        predicted.counts(),
        simulation,
        notSimulated);
  }

  /** Cycles by the model. */
  double cycles() {
    return predicted.counts().cycles();
  }
}
