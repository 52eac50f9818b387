package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A card that fails in the middle of a program: the message says what happened, and the card gives
 * right words once an engine has loaded its image again. Every fault happens once.
 */
@Tag("hardware")
class CardFaultsIT {

  private static final Path IMAGE = SimulationProcess.image("sim-small-debug");
  private static final int INSTRUCTIONS = 150;

  @TempDir private Path folder;

  private static SimulationProcess fault(String fault) {
    return SimulationProcess.of(CardTrial.class).setting("FAULT", fault);
  }

  private static List<String> run(SimulationProcess trial) throws Exception {
    return trial.run(IMAGE, 1024, 50, INSTRUCTIONS, 4096, 4, SimulationProcess.SEED).out();
  }

  /** The failure's message, after which the card was used again. */
  private static String failure(List<String> events) {
    assertThat(events).as("a failure and, on the same card, success").hasSize(2);
    assertThat(events.get(1)).as("seed %d", SimulationProcess.SEED).startsWith("same: ");
    assertThat(events.get(1)).contains(INSTRUCTIONS + " instructions");
    return events.get(0);
  }

  @Test
  void aReadErrorNamesTheInstruction() throws Exception {
    assertThat(failure(run(fault("read-error@500"))))
        .startsWith("DEVICE: the device of engine opencl:csim/0 is lost: random-")
        .contains("on image sim-small-debug for sim: the core stopped with status 8")
        .contains("the card's memory answered a read with an error (AXI), at or before instruction")
        .endsWith("; open a new engine");
  }

  @Test
  void aWriteErrorNamesTheInstruction() throws Exception {
    assertThat(failure(run(fault("write-error@30"))))
        .startsWith("DEVICE: ")
        .contains("the core stopped with status 9")
        .contains(
            "the card's memory answered a write with an error (AXI), at or before instruction")
        .endsWith("; open a new engine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"program", "a", "d"})
  void aMemoryThatHangsIsEndedByTheCoresWatchdog(String port) throws Exception {
    assertThat(failure(run(fault("stuck-ready:" + port + "@3000"))))
        .startsWith("DEVICE: ")
        .containsAnyOf(
            "the core wrote no result line: it hangs, or its memory did not answer and the watchdog"
                + " stopped it; it needs a reset",
            "the card's memory did not answer, and the watchdog stopped the core")
        .contains("failed on the device: CL_OUT_OF_RESOURCES")
        .endsWith("; open a new engine");
  }

  @Test
  void aBadDescriptorIsNamedWithItsInstruction() throws Exception {
    // The card's third beat: the probe reads none, then come the line of segments, that of the
    // The fourth beat that the card reads is the descriptor; before it come tables.
    List<String> events =
        SimulationProcess.of(ZerosTrial.class).setting("FAULT", "flip@4").run(IMAGE, 1024).out();
    assertThat(events).hasSize(2);
    assertThat(events.get(0))
        .startsWith("DEVICE: ")
        .contains(
            "the core stopped with status 5, the result lies in a segment that may only be read")
        .contains("at instruction 0  ZEROS");
    assertThat(events.get(1)).isEqualTo("zeros: 1024");
  }

  @Test
  void anInterruptThatDoesNotComeIsFoundByPolling() throws Exception {
    Path statistics = folder.resolve("statistics");
    assertThat(run(fault("lost-interrupt@2").setting("STATS", statistics)))
        .singleElement()
        .asString()
        .startsWith("same: ");
    List<String> lost =
        Files.readAllLines(statistics).stream()
            .filter(line -> line.contains("\"interruptLost\":true"))
            .toList();
    assertThat(lost).singleElement().asString().contains("\"run\":1,").contains("\"done\"");
  }

  @Test
  void aFaultThatIsNoneIsRefused() throws Exception {
    SimulationProcess.Finished finished =
        fault("cosmic-ray@1").run(IMAGE, 1024, 50, INSTRUCTIONS, 4096, 4, SimulationProcess.SEED);
    assertThat(finished.out())
        .hasSize(2)
        .allMatch(line -> line.startsWith("UNAVAILABLE: no OpenCL device is meant by "));
    assertThat(finished.err())
        .contains("CIPHERSTREAM_SIM_FAULT=cosmic-ray@1: expected a list of flip@<read beat>");
  }

  @Test
  void theListenerHearsOfRunsWhileTheProgramGoesOn() throws Exception {
    Path statistics = folder.resolve("statistics");
    List<String> out =
        SimulationProcess.of(ProgressTrial.class)
            .setting("STATS", statistics)
            .run(IMAGE, 1024, statistics)
            .out();
    assertThat(out.get(0))
        .isEqualTo(IntStream.range(0, 100).map(i -> 3 * i).boxed().toList().toString());
    assertThat(Integer.parseInt(out.get(1)))
        .as("runs of 101, the probe among them, that had ended when the first was told")
        .isLessThan(100);
  }
}
