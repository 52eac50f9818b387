package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    new BitstreamDigests(OLD, NEW).compare(json, manifest);
    for (BitstreamDigests other :
        new BitstreamDigests[] {new BitstreamDigests(NEW, NEW), new BitstreamDigests(OLD, OLD)}) {
      assertThatThrownBy(() -> other.compare(json, manifest))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("stale")
          .satisfies(
              e -> assertThat(((CliException) e).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED));
    }
  }
}
