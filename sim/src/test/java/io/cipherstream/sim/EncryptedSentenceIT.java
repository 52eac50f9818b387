package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An encrypted sentence of the small model on the Verilated core: the replies are SEAL's words,
 * also when the card fails in the middle. In processes that alone allow the insecure parameters.
 */
@Tag("hardware")
class EncryptedSentenceIT {

  private static final String ENGINE = "sim:sim-cluster";

  /** A read beat in the middle: a sentence takes 0.4 million. */
  private static final int MIDDLE = 250_000;

  @TempDir private Path folder;

  private static SimulationProcess trial() {
    return SimulationProcess.of(SmallModelTrial.class)
        .option("-Dcipherstream.INSECURE_TEST_PARAMETERS=true");
  }

  private static long seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("EncryptedSentenceIT seed " + seed);
    return seed;
  }

  @Test
  void everyReplyHasSealsWordsInFewLaunches() throws Exception {
    Path statistics = folder.resolve("statistics");
    SimulationProcess.Finished finished =
        trial().setting("STATS", statistics).run(seed(), ENGINE, 0);
    assertThat(finished.out())
        .as(finished.err())
        .containsExactly("same words, SEAL took over: false");
    assertThat(Files.readAllLines(statistics))
        .as("the probe, and one launch for each round of the client")
        .hasSizeBetween(3, 13)
        .allMatch(line -> line.contains("\"outcome\":\"done\""));
  }

  @Test
  void aLostCardIsReplacedBySeal() throws Exception {
    Path statistics = folder.resolve("statistics");
    SimulationProcess.Finished finished =
        trial()
            .setting("FAULT", "read-error@" + MIDDLE)
            .setting("STATS", statistics)
            .run(seed(), ENGINE, 0);
    assertThat(Files.readAllLines(statistics)).as("runs before and with it").hasSizeGreaterThan(2);
    List<String> out = finished.out();
    assertThat(out).as(finished.err()).hasSize(3);
    assertThat(out.get(0)).startsWith("DEVICE: ").contains("answered a read with an error (AXI)");
    assertThat(out.get(1)).isEqualTo("same words, SEAL took over: true");
    assertThat(out.get(2))
        .isEqualTo("he_engine_fallbacks_total{engine=\"opencl:csim/0\",reason=\"device\"} 1.0");
    assertThat(finished.err())
        .contains("engine opencl:csim/0 failed, the inference is computed again on seal: ");
  }

  @Test
  void wrongWordsAreFoundByTheCrossCheck() throws Exception {
    // A word that is flipped may be one that nothing depends on: there are many.
    String flips =
        IntStream.range(0, 200)
            .mapToObj(i -> "flip@" + (MIDDLE + 601 * i))
            .collect(Collectors.joining(","));
    SimulationProcess.Finished finished = trial().setting("FAULT", flips).run(seed(), ENGINE, 1);
    List<String> out = finished.out();
    assertThat(out.get(0))
        .as(finished.err())
        .startsWith("MISMATCH: ")
        .contains("engine opencl:csim/0 differs from seal-limb");
    assertThat(out.get(1)).isEqualTo("same words, SEAL took over: true");
    assertThat(out)
        .contains("he_engine_fallbacks_total{engine=\"opencl:csim/0\",reason=\"mismatch\"} 1.0")
        .anyMatch(
            line ->
                line.startsWith(
                    "he_engine_cross_checks_total{engine=\"opencl:csim/0\",outcome=\"different\"}"));
  }
}
