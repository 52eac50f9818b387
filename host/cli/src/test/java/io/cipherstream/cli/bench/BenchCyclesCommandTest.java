package io.cipherstream.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.Main;
import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BenchCyclesCommandTest {

  @TempDir private Path folder;
  @RegisterExtension private final CaughtOutput caught = new CaughtOutput();

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
    assertThat(run("--configurations", "sim-cluster,sim-p3")).isEqualTo(ExitCodes.USAGE);
    assertThat(caught.text())
        .contains("no configuration 'sim-p3'")
        .contains("sim-cluster, sim-small");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void whatWasBuiltForACardIsNoSimulation() {
    assertThat(run("--configurations", "alveo-u280-p16")).isEqualTo(ExitCodes.USAGE);
    assertThat(caught.text()).contains("no configuration 'alveo-u280-p16'");
  }

  @Test
  void anUnknownCardIsRefusedAndTheKnownOnesListed() {
    assertThat(run("--sentence", "sst2-tiny", "--card", "u999")).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(caught.text()).contains("card 'u999'").contains("u55c, u280, u250");
  }

  @Test
  void whatASentenceIsPredictedWithNeedsASentence() {
    assertThat(run("--card", "u280")).isEqualTo(ExitCodes.USAGE);
    assertThat(caught.text()).contains("--card u280: only with --sentence");
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    assertThat(run("--degree", "4096")).isEqualTo(ExitCodes.USAGE);
    assertThat(caught.text()).contains("--degree");
  }

  @Test
  void aFolderThatCannotBeWrittenFailsAtOnce() throws IOException {
    Files.writeString(folder.resolve("out"), "x");
    assertThat(run("--quick", "--configurations", "sim-small")).isEqualTo(ExitCodes.FAILURE);
    assertThat(caught.text()).contains("cannot write to").contains("--out");
  }

  @Test
  void theHelpNamesTheDefaults() {
    assertThat(Main.run("bench", "cycles", "--help")).isEqualTo(ExitCodes.OK);
    assertThat(caught.text()).contains("sim-cluster,sim-small").contains("cycle-report");
  }
}
