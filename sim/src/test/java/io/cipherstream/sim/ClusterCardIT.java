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
 * The engine on a simulated card: limb programs are compiled, joined and run as jobs, and every
 * word is the interpreter's, whatever the memory does. A card that fails says why, and gives right
 * words once its image is loaded again.
 */
@Tag("hardware")
class ClusterCardIT {

  /** Its assertions and AXI checkers are on; N = 1024. */
  private static final Path CHECKED = SimulationProcess.image("sim-small-debug");

  /** The image that the demo uses, N up to 8192. */
  private static final Path LARGE = SimulationProcess.image("sim-cluster");

  private static final int INSTRUCTIONS = 150;

  @TempDir private Path folder;

  private static SimulationProcess trial() {
    return SimulationProcess.of(CardTrial.class);
  }

  private static List<String> run(SimulationProcess trial, Path image, int instructions, int moduli)
      throws Exception {
    int degree = image.equals(LARGE) ? 8192 : 1024;
    return trial.run(image, degree, 50, instructions, moduli, SimulationProcess.SEED).out();
  }

  /** Memory as it comes; one that makes wait and mixes; slow and narrow; the larger image. */
  @ParameterizedTest
  @CsvSource({
    "sim-small-debug, 800, 0, 40, 256, 1 cluster of P = 2",
    "sim-small-debug, 800, 0.3, 3, 256, 1 cluster of P = 2",
    "sim-small-debug, 500, 0.05, 700, 40, 1 cluster of P = 2",
    "sim-cluster, 200, 0, 40, 256, 1 cluster of P = 4"
  })
  void randomProgramsEqualTheInterpreter(
      String image, int instructions, double stall, int latency, int bytesPerCycle, String core)
      throws Exception {
    SimulationProcess trial =
        trial().setting("LATENCY", latency).setting("BANDWIDTH", bytesPerCycle);
    if (stall > 0) {
      trial.setting("STALL", stall + ":" + (SimulationProcess.SEED & 0xffff));
    }
    String line = run(trial, SimulationProcess.image(image), instructions, 4).get(0);
    System.out.println("ClusterCardIT: " + line);
    assertThat(line).as("seed %d", SimulationProcess.SEED).startsWith("same: ").contains(core);
    WorkDone done = WorkDone.parse(line);
    assertThat(done.instructions()).isEqualTo(instructions);
    assertThat(done.butterflyRows())
        .as("none but those of the transforms, some of which nobody reads")
        .isPositive()
        .isLessThanOrEqualTo(done.transforms() * (image.equals("sim-small-debug") ? 2560 : 13_312));
  }

  @Test
  void wordsAtTheEdgesAreTheInterpreters() throws Exception {
    assertThat(SimulationProcess.of(EdgeTrial.class).run(CHECKED, 1024, 50).line())
        .startsWith("same: 16 programs");
  }

  @Test
  void twoUnitsAreUsedByOneEngine() throws Exception {
    assertThat(run(trial().setting("UNITS", 2), CHECKED, 400, 16))
        .as("seed %d", SimulationProcess.SEED)
        .singleElement()
        .asString()
        .startsWith("same: ")
        .contains("2 units)");
  }

  private static String failure(String fault) throws Exception {
    List<String> events = run(trial().setting("FAULT", fault), CHECKED, INSTRUCTIONS, 4);
    assertThat(events).as("a failure and, on the same card, success").hasSize(2);
    assertThat(events.get(1)).as("seed %d", SimulationProcess.SEED).startsWith("same: ");
    assertThat(events.get(0)).startsWith("DEVICE: ").endsWith("; open a new engine");
    return events.get(0);
  }

  @Test
  void aReadErrorNamesTheOperation() throws Exception {
    assertThat(failure("read-error@900"))
        .contains("random-", "on image sim-small-debug for sim: the core stopped with status 8")
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
            "the core wrote no result line: it hangs, its memory did not answer and the watchdog"
                + " stopped it, or its job could not be read; it needs a reset",
            "the card's memory did not answer, and the watchdog stopped the core")
        .contains("failed on the device: CL_OUT_OF_RESOURCES");
  }

  @Test
  void anInterruptThatDoesNotComeIsFoundByPolling() throws Exception {
    Path statistics = folder.resolve("statistics");
    SimulationProcess trial =
        trial().setting("FAULT", "lost-interrupt@2").setting("STATS", statistics);
    assertThat(run(trial, CHECKED, INSTRUCTIONS, 4))
        .singleElement()
        .asString()
        .startsWith("same: ");
    assertThat(Files.readAllLines(statistics))
        .filteredOn(line -> line.contains("\"interruptLost\":true"))
        .singleElement()
        .asString()
        .contains("\"run\":1,", "\"done\"");
  }

  /**
   * Bit 0 of the first line of a stream, which is bit 0 of its opcode: LOAD, 1, becomes 0, which
   * {@code core-program.xml} gives to no operation, and an unknown opcode is what the decoder looks
   * for first. The probe reads 4 beats (two moduli, a job, END); of the program the two moduli, the
   * job and the table of its one segment come before the stream.
   */
  @Test
  void aBadOperationIsNamedWithItsLine() throws Exception {
    List<String> events =
        SimulationProcess.of(ZerosTrial.class).setting("FAULT", "flip@9").run(CHECKED, 1024).out();
    assertThat(events).hasSize(2);
    assertThat(events.get(0))
        .startsWith("DEVICE: ")
        .contains("the core stopped with status 1", "at line 0 of the stream: Load[");
    assertThat(events.get(1)).isEqualTo("zeros: 1024");
  }

  @Test
  void aFaultThatIsNoneIsRefused() throws Exception {
    SimulationProcess.Finished finished =
        trial()
            .setting("FAULT", "cosmic-ray@1")
            .run(CHECKED, 1024, 50, INSTRUCTIONS, 4, SimulationProcess.SEED);
    assertThat(finished.out())
        .hasSize(2)
        .allMatch(line -> line.startsWith("UNAVAILABLE: no OpenCL device is meant by "));
    assertThat(finished.err())
        .contains("CIPHERSTREAM_SIM_FAULT=cosmic-ray@1: expected a list of flip@<read beat>");
  }
}
