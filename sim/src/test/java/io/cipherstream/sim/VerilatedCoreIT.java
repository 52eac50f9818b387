package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random limb programs on the Verilated core, whose assertions and AXI checkers are on at N = 1024:
 * every word is the interpreter's, whatever the memory does.
 */
@Tag("hardware")
class VerilatedCoreIT {

  /** At least this many coefficients go through each kind of unit. */
  private static final long COEFFICIENTS_MIN = 1_000_000;

  private static final int PROCESSES = 2;

  /** What a core is and how it is driven; the seed differs for each. */
  private record Condition(
      String name,
      String configuration,
      int lanes,
      int degree,
      int instructions,
      int instructionsMax,
      int moduli,
      List<String> settings) {

    WorkDone run(long seed) throws Exception {
      SimulationProcess trial = SimulationProcess.of(CardTrial.class);
      for (String setting : settings) {
        int equals = setting.indexOf('=');
        trial.setting(setting.substring(0, equals), setting.substring(equals + 1));
      }
      String line =
          trial
              .run(
                  SimulationProcess.image(configuration),
                  degree,
                  50,
                  instructions,
                  instructionsMax,
                  moduli,
                  seed)
              .line();
      assertThat(line).as("%s, seed %d", name, seed).startsWith("same: ");
      WorkDone done = WorkDone.parse(line);
      System.out.println("VerilatedCoreIT " + name + ", seed " + seed + ": " + done);
      check(done);
      return done;
    }

    /** The core's own counters agree with what the programs were made of. */
    private void check(WorkDone done) {
      int degreeBits = Integer.numberOfTrailingZeros(degree);
      assertThat(done.instructions()).as(name).isEqualTo(instructions);
      assertThat(done.transforms() + done.others()).as(name).isEqualTo(instructions);
      assertThat(done.butterflyRows())
          .as("%s: N log N / 2P rows a transform", name)
          .isEqualTo(done.transforms() * degree * degreeBits / (2L * lanes));
      assertThat(done.vectorBeats())
          .as("%s: N / P beats any other", name)
          .isEqualTo(done.others() * degree / lanes);
    }
  }

  private static Condition small(String name, int instructions, String... settings) {
    return new Condition(
        name, "sim-small-debug", 2, 1024, instructions, 4096, 4, List.of(settings));
  }

  private static List<Condition> conditions() {
    long stalls = SimulationProcess.SEED & 0xffff;
    return List.of(
        new Condition("N = 8192", "sim-p4", 4, 8192, 1000, 4096, 4, List.of()),
        small("memory as it comes", 2000),
        small("random back-pressure", 1500, "STALL=0.3:" + stalls, "LATENCY=3"),
        small("slow memory", 1000, "LATENCY=700", "BANDWIDTH=40", "STALL=0.05:" + stalls),
        new Condition(
            "two units, divided programs, more moduli than the core has",
            "sim-small-debug",
            2,
            1024,
            1500,
            37,
            24,
            List.of("UNITS=2", "STALL=0.1:" + stalls)));
  }

  @Test
  void aMillionCoefficientsOfEachUnitAreTheInterpreters() throws Exception {
    System.out.println("VerilatedCoreIT seed " + SimulationProcess.SEED);
    List<Condition> conditions = conditions();
    List<Callable<WorkDone>> runs = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      Condition condition = conditions.get(i);
      long seed = SimulationProcess.SEED + i;
      runs.add(() -> condition.run(seed));
    }
    long transformed = 0;
    long others = 0;
    ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Future<WorkDone>> done = processes.invokeAll(runs);
      for (int i = 0; i < done.size(); i++) {
        transformed += done.get(i).get().transforms() * conditions.get(i).degree();
        others += done.get(i).get().others() * conditions.get(i).degree();
      }
    } finally {
      processes.shutdownNow();
    }
    assertThat(transformed).as("coefficients of NTT units").isGreaterThan(COEFFICIENTS_MIN);
    assertThat(others).as("coefficients of vector units").isGreaterThan(COEFFICIENTS_MIN);
  }

  @Test
  void programsOnTwoUnitsAreDivided() throws Exception {
    WorkDone done =
        new Condition("two units", "sim-small-debug", 2, 1024, 300, 20, 4, List.of("UNITS=2"))
            .run(SimulationProcess.SEED);
    assertThat(done.runs()).as("runs of at most 20 instructions").isGreaterThanOrEqualTo(15);
  }

  @Test
  void wordsAtTheEdgesAreTheInterpreters() throws Exception {
    for (String configuration : List.of("sim-small-debug", "sim-p4")) {
      assertThat(
              SimulationProcess.of(EdgeTrial.class)
                  .run(SimulationProcess.image(configuration), 1024, 50)
                  .line())
          .as(configuration)
          .startsWith("same: 16 programs");
    }
  }
}
