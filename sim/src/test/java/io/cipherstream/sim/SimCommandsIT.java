package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line on simulated cards, as the launcher starts it once images are built. */
@Tag("hardware")
class SimCommandsIT {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int USAGE = 2;

  @TempDir private Path folder;

  private SimulationProcess commandLine() throws Exception {
    return SimulationProcess.commandLine()
        .variable("CIPHERSTREAM_HOME", folder.resolve("home").toString());
  }

  private static String text(SimulationProcess.Finished finished) {
    assertThat(finished.exitCode()).as(finished.err()).isZero();
    return String.join("\n", finished.out());
  }

  private static JsonNode json(SimulationProcess.Finished finished) throws Exception {
    return MAPPER.readTree(text(finished));
  }

  @Test
  void runComparesWithTheInterpreterAndStatsAddsUpWhatTheCardDid() throws Exception {
    Path statistics = folder.resolve("statistics.jsonl");
    JsonNode run =
        json(
            commandLine()
                .setting("STATS", statistics)
                .run(
                    "sim",
                    "run",
                    "--engine",
                    "sim:sim-small-debug",
                    "--instructions",
                    "60",
                    "--seed",
                    SimulationProcess.SEED,
                    "--json"));
    assertThat(run.path("image").asText()).isEqualTo("sim-small-debug");
    assertThat(run.path("report").asText()).contains("60 instructions");
    assertThat(run.path("instructions").asLong()).isEqualTo(60);
    assertThat(run.path("operations").asLong()).isPositive();

    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(statistics)) {
      lines.add(MAPPER.readTree(line));
    }
    JsonNode sums = json(commandLine().run("sim", "stats", statistics, "--json"));
    assertThat(sums.path("runs").asLong()).isEqualTo(lines.size()).isGreaterThan(1);
    assertThat(sums.path("cycles").asLong())
        .isEqualTo(lines.stream().mapToLong(l -> l.path("cycles").asLong()).sum())
        .isGreaterThan(run.path("cycles").asLong());
    assertThat(sums.path("ports.limbs0.writeBytes").asLong())
        .isEqualTo(
            lines.stream()
                .mapToLong(l -> l.path("ports").path("limbs0").path("writeBytes").asLong())
                .sum())
        .isGreaterThan(60 * 1024);
    assertThat(text(commandLine().run("sim", "stats", statistics)))
        .contains("over " + lines.size() + " runs")
        .contains("ports.limbs0.readBeats");
  }

  @Test
  void waveWritesAWaveformOfTheDebugImage() throws Exception {
    Path wave = folder.resolve("wave.fst");
    SimulationProcess.Finished finished = commandLine().setting("WAVE", wave).run("sim", "wave");
    assertThat(text(finished))
        .contains("image sim-small-debug for sim")
        .contains("10 instructions")
        .endsWith("waveform    " + wave);
    // An FST file begins with its header block: type 0, 329 bytes, first and last time, big endian.
    ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(wave));
    assertThat(header.get()).isZero();
    assertThat(header.getLong()).isEqualTo(329);
    assertThat(header.getLong()).as("first half cycle").isBetween(0L, 10L);
    assertThat(header.getLong())
        .as("last half cycle; 0 in a file that was not closed")
        .isPositive();
  }

  @Test
  void waveOfAnImageThatRecordsNoneIsRefused() throws Exception {
    SimulationProcess.Finished finished =
        commandLine()
            .setting("WAVE", folder.resolve("wave.fst"))
            .run("sim", "wave", "--engine", "sim:sim-cluster");
    assertThat(finished.exitCode()).isEqualTo(USAGE);
    assertThat(finished.err())
        .contains("engine 'sim:sim-cluster' records no waveform")
        .contains("sim:sim-small-debug");
  }

  @Test
  void anUnknownSimulationIsNamedWithThoseThatThereAre() throws Exception {
    SimulationProcess.Finished finished =
        commandLine().run("sim", "run", "--engine", "sim:nonsense");
    assertThat(finished.exitCode()).isEqualTo(1);
    assertThat(finished.err())
        .contains("no image of simulation nonsense")
        .contains("./cipherstream bitstream build nonsense")
        .contains("sim-golden", "sim-small-debug", "sim-cluster");
    assertThat(commandLine().run("sim", "run", "--engine", "sim:../x").err())
        .contains("simulation '../x': expected the name of a configuration, such as sim-cluster");
    finished = commandLine().run("sim", "run", "--engine", "opencl");
    assertThat(finished.exitCode()).isEqualTo(USAGE);
    assertThat(finished.err()).contains("engine 'opencl': expected sim or sim:configuration");
  }

  @Test
  void doctorShowsThePlatformAndItsImages() throws Exception {
    assertThat(text(commandLine().run("doctor")))
        .contains("opencl:csim/0 (cipherstream-card-0, Cipherstream Simulation)")
        .contains("it takes device images")
        .contains("sim/sim-small-debug")
        .contains("sim/sim-cluster");
  }

  @Test
  void theDemoComputesASentenceOnACard() throws Exception {
    JsonNode demo = json(commandLine().run("demo", "--engine", "sim:sim-golden", "--json"));
    assertThat(demo.path("image").asText()).isEqualTo("sim-golden");
    assertThat(demo.path("wordsCompared").asLong()).isGreaterThan(100_000);
    assertThat(demo.path("instructions").asLong()).isGreaterThan(10_000);
    assertThat(demo.path("label").asText()).isIn("positive", "negative");
  }
}
