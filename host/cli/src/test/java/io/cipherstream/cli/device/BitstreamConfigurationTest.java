package io.cipherstream.cli.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

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

    assertThat(new BitstreamDigests(OLD, NEW).differences(manifest)).isEmpty();
    assertThat(new BitstreamDigests(NEW, NEW).differences(manifest))
        .singleElement(STRING)
        .contains("rtlDigest is " + OLD, "stale");
    assertThat(new BitstreamDigests(OLD, OLD).differences(manifest))
        .singleElement(STRING)
        .contains("boardDigest is " + NEW, "stale");
  }

  private static void refused(BitstreamConfiguration c, BitstreamDigests present, String... named) {
    assertThatThrownBy(() -> BitstreamVerifyCommand.current(c, c.records(), present))
        .isInstanceOf(CliException.class)
        .hasMessageContainingAll(named)
        .satisfies(
            e -> assertThat(((CliException) e).exitCode()).isEqualTo(ExitCodes.CHECK_FAILED));
  }

  @Test
  void allThatIsStaleIsNamedThePackageAndTheEstimateToo() throws IOException {
    BitstreamConfiguration c = configuration();
    Path manifest = c.folder().resolve("manifest.json");
    Path packaged = c.packaged().resolve("manifest.json");
    Path estimate = c.folder().resolve("estimate.json");
    write(manifest, "{\"rtlDigest\":\"" + NEW + "\"}");
    write(packaged, "{\"rtlDigest\":\"" + OLD + "\"}");
    write(estimate, "{\"rtlDigest\":\"" + OLD + "\"}");
    assertThat(c.records()).containsExactly(packaged, manifest, estimate);
    refused(c, new BitstreamDigests(NEW, null), packaged.toString(), estimate + ": rtlDigest");
    refused(c, new BitstreamDigests(OLD, null), manifest + ": rtlDigest is " + NEW);
    write(manifest, "{\"rtlDigest\":\"" + OLD + "\"}");
    assertThat(BitstreamVerifyCommand.current(c, c.records(), new BitstreamDigests(OLD, null)))
        .hasSize(3);
  }

  @Test
  void everyBoardHasItsFlow() {
    for (String board :
        new String[] {"sim", "ecp5-85f", "alveo-u250", "alveo-u280", "alveo-u55c"}) {
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
    BitstreamConfiguration c = configuration();
    write(c.folder().resolve("manifest.json"), "{\"rtlDigest\":\"" + OLD + "\"}");
    Path committed = c.folder().resolve("kernel.xml");
    Path elaborated = c.rtl("").resolve("kernel.xml");
    write(committed, "<root a='0x10'/>");
    write(elaborated, "<root a='0x10'/>");
    BitstreamDigests present = new BitstreamDigests(OLD, null);
    assertThat(BitstreamVerifyCommand.current(c, c.records(), present)).hasSize(2);
    write(elaborated, "<root a='0x1C'/>");
    refused(c, present, committed.toString(), "stale");
  }
}
