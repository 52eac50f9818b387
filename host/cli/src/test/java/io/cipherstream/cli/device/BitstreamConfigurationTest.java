package io.cipherstream.cli.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitstreamConfigurationTest {

  private static final String OLD = "0".repeat(64);
  private static final String NEW = "1".repeat(64);

  @TempDir private Path root;

  private BitstreamConfiguration configuration() throws IOException {
    Path folder = Files.createDirectories(root.resolve("bitstreams/ecp5-85f/small"));
    Files.writeString(folder.resolve("configuration.json"), "{}");
    return BitstreamConfiguration.named(root, "small");
  }

  private static void write(Path file, String json) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
  }

  @Test
  void findsConfigurationsByNameAndRefusesOthers() throws IOException {
    BitstreamConfiguration c = configuration();
    assertThat(c.board()).isEqualTo("ecp5-85f");
    assertThat(BitstreamConfiguration.all(root)).containsExactly(c);
    assertThatThrownBy(() -> BitstreamConfiguration.named(root, "../small"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("there are: small");
  }

  @Test
  void aManifestOfOtherHardwareIsStaleAndRefused() throws IOException {
    BitstreamConfiguration c = configuration();
    Path manifest = c.folder().resolve("manifest.json");
    assertThat(BitstreamListCommand.state(c, BitstreamConfiguration.json(manifest)))
        .isEqualTo("no");
    write(manifest, "{\"rtlDigest\":\"" + OLD + "\",\"boardDigest\":\"" + NEW + "\"}");
    var json = BitstreamConfiguration.json(manifest);
    assertThat(json).isNotNull();
    assertThat(BitstreamListCommand.state(c, json)).isEqualTo("not compared");
    write(c.elaboration(), "{\"rtlDigest\":\"" + NEW + "\"}");
    assertThat(BitstreamListCommand.state(c, json)).isEqualTo("stale");
    write(c.elaboration(), "{\"rtlDigest\":\"" + OLD + "\"}");
    assertThat(BitstreamListCommand.state(c, json)).isEqualTo("current");

    new BitstreamDigests(OLD, NEW).compare(manifest);
    for (BitstreamDigests other :
        new BitstreamDigests[] {new BitstreamDigests(NEW, NEW), new BitstreamDigests(OLD, OLD)}) {
      assertThatThrownBy(() -> other.compare(manifest))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("stale")
          .satisfies(
              e -> assertThat(((CliException) e).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED));
    }
  }

  @Test
  void everyBoardHasItsFlow() {
    for (String board : new String[] {"sim", "ecp5-85f", "alveo-u250", "alveo-u280"}) {
      Path script = BitstreamBuildCommand.script(new BitstreamConfiguration(root, board, "any"));
      assertThat(root.relativize(script).toString())
          .isEqualTo(
              switch (board) {
                case "sim" -> "sim/build.sh";
                case "ecp5-85f" -> "bitstreams/ecp5.sh";
                default -> "bitstreams/alveo.sh";
              });
    }
    assertThatThrownBy(
            () -> BitstreamBuildCommand.script(new BitstreamConfiguration(root, "de10", "any")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("has no flow");
  }

  @Test
  void aDescriptionOfOtherHardwareIsRefused() throws IOException {
    Path committed = root.resolve("committed.xml");
    Path elaborated = root.resolve("elaborated.xml");
    write(committed, "<root a='0x10'/>");
    write(elaborated, "<root a='0x10'/>");
    BitstreamVerifyCommand.sameDescription(committed, elaborated);
    write(elaborated, "<root a='0x1C'/>");
    assertThatThrownBy(() -> BitstreamVerifyCommand.sameDescription(committed, elaborated))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("stale")
        .satisfies(
            e -> assertThat(((CliException) e).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED));
  }
}
