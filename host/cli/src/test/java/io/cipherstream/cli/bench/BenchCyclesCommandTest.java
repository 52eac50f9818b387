package io.cipherstream.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.Main;
import io.cipherstream.cli.base.ExitCodes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCyclesCommandTest {

  @TempDir private Path folder;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void catchOutput() {
    PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
  }

  @AfterEach
  void giveOutputBack() {
    System.setOut(out);
    System.setErr(err);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private int run(String... more) {
    String[] arguments = new String[more.length + 4];
    System.arraycopy(
        new String[] {"bench", "cycles", "--out", folder.resolve("out").toString()},
        0,
        arguments,
        0,
        4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return Main.run(arguments);
  }

  @Test
  void anUnknownConfigurationIsAUsageErrorThatListsTheKnownOnes() {
    assertThat(run("--configurations", "sim-p4,sim-p3")).isEqualTo(ExitCodes.USAGE);
    assertThat(printed())
        .contains("no configuration 'sim-p3'")
        .contains("sim-p1, sim-p16, sim-p4, sim-p8, sim-small");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void whatWasBuiltForACardIsNoSimulation() {
    assertThat(run("--configurations", "alveo-u280-p16")).isEqualTo(ExitCodes.USAGE);
    assertThat(printed()).contains("no configuration 'alveo-u280-p16'");
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    assertThat(run("--degree", "4096")).isEqualTo(ExitCodes.USAGE);
    assertThat(printed()).contains("--degree");
  }

  @Test
  void aFolderThatCannotBeWrittenFailsAtOnce() throws IOException {
    Files.writeString(folder.resolve("out"), "x");
    assertThat(run("--quick", "--configurations", "sim-small")).isEqualTo(ExitCodes.FAILURE);
    assertThat(printed()).contains("cannot write to").contains("--out");
  }

  @Test
  void theHelpNamesTheDefaults() {
    assertThat(Main.run("bench", "cycles", "--help")).isEqualTo(ExitCodes.OK);
    assertThat(printed()).contains("sim-p1,sim-p4,sim-p8,sim-p16").contains("cycle-report");
  }
}
