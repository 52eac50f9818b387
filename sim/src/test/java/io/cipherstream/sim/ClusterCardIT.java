package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine on a card of fused clusters: limb programs are compiled, joined and run as jobs, and
 * every word is the interpreter's, whatever the memory does. A card that fails says why, and gives
 * right words once its image is loaded again.
 */
@Tag("hardware")
class ClusterCardIT {

  private static final Path IMAGE = SimulationProcess.image("sim-cluster");
  private static final int INSTRUCTIONS = 150;

  @TempDir private Path folder;

  private static SimulationProcess trial() {
    return SimulationProcess.of(CardTrial.class);
  }

  private static List<String> run(SimulationProcess trial, int degree, int instructions)
      throws Exception {
    return trial.run(IMAGE, degree, 50, instructions, 4096, 4, SimulationProcess.SEED).out();
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1500, 0, 40, 256",
    "1024, 800, 0.3, 3, 256",
    "1024, 600, 0.05, 700, 40",
    "8192, 200, 0, 40, 256"
  })
  void randomProgramsEqualTheInterpreter(
      int degree, int instructions, double stall, int latency, int bytesPerCycle) throws Exception {
    SimulationProcess trial =
        trial().setting("LATENCY", latency).setting("BANDWIDTH", bytesPerCycle);
    if (stall > 0) {
      trial.setting("STALL", stall + ":" + (SimulationProcess.SEED & 0xffff));
    }
    String line = run(trial, degree, instructions).get(0);
    System.out.println("ClusterCardIT: " + line);
    assertThat(line).as("seed %d", SimulationProcess.SEED).startsWith("same: ");
    assertThat(line).contains("1 cluster of P = 4, M = 8, Q = 2, S = 64");
    WorkDone done = WorkDone.parse(line);
    assertThat(done.instructions()).isEqualTo(instructions);
    int bits = Integer.numberOfTrailingZeros(degree);
    assertThat(done.butterflyRows())
        .as("none but those of the transforms, some of which nobody reads")
        .isPositive()
        .isLessThanOrEqualTo(done.transforms() * degree * bits / 8);
  }

  @Test
  void wordsAtTheEdgesAreTheInterpreters() throws Exception {
    assertThat(SimulationProcess.of(EdgeTrial.class).run(IMAGE, 1024, 50).line())
        .startsWith("same: 16 programs");
  }

  @Test
  void twoUnitsAreUsedByOneEngine() throws Exception {
    assertThat(run(trial().setting("UNITS", 2), 1024, 400))
        .as("seed %d", SimulationProcess.SEED)
        .singleElement()
        .asString()
        .startsWith("same: ")
        .contains("2 units)");
  }

  private static String failure(String fault) throws Exception {
    List<String> events = run(trial().setting("FAULT", fault), 1024, INSTRUCTIONS);
    assertThat(events).as("a failure and, on the same card, success").hasSize(2);
    assertThat(events.get(1)).as("seed %d", SimulationProcess.SEED).startsWith("same: ");
    assertThat(events.get(0)).startsWith("DEVICE: ").endsWith("; open a new engine");
    return events.get(0);
  }

  @Test
  void aReadErrorNamesTheOperation() throws Exception {
    assertThat(failure("read-error@900"))
        .contains("random-", "on image sim-cluster for sim: the core stopped with status 8")
        .contains("the card's memory answered a read with an error (AXI), at or before line");
  }

  @Test
  void aWriteErrorNamesTheOperation() throws Exception {
    assertThat(failure("write-error@30"))
        .contains("the core stopped with status 9")
        .contains("the card's memory answered a write with an error (AXI), at or before line");
  }

  @ParameterizedTest
  @ValueSource(strings = {"program0", "limbs0", "streams0"})
  void aMemoryThatHangsIsEndedByTheCoresWatchdog(String port) throws Exception {
    assertThat(failure("stuck-ready:" + port + "@3000"))
        .containsAnyOf(
            "the core wrote no result line: it hangs, or its memory did not answer and the watchdog"
                + " stopped it; it needs a reset",
            "the card's memory did not answer, and the watchdog stopped the core")
        .contains("failed on the device: CL_OUT_OF_RESOURCES");
  }

  @Test
  void anInterruptThatDoesNotComeIsFoundByPolling() throws Exception {
    Path statistics = folder.resolve("statistics");
    SimulationProcess trial =
        trial().setting("FAULT", "lost-interrupt@2").setting("STATS", statistics);
    assertThat(run(trial, 1024, INSTRUCTIONS)).singleElement().asString().startsWith("same: ");
    assertThat(Files.readAllLines(statistics))
        .filteredOn(line -> line.contains("\"interruptLost\":true"))
        .singleElement()
        .asString()
        .contains("\"run\":1,", "\"done\"");
  }
}
