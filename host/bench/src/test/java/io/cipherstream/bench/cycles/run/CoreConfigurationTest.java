package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.bench.report.BenchException;
import io.cipherstream.core.ClusterShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreConfigurationTest {

  @TempDir private Path folder;

  @Test
  void whatTheRunUsesIsThere() {
    List<CoreConfiguration> all = CoreConfiguration.simulated(Bitstreams.FOLDER);
    List<String> usual = CycleOptions.configurations(List.of(), false);
    assertThat(all).extracting(CoreConfiguration::name).containsAll(usual);
    CoreConfiguration c = Bitstreams.simulated("sim-cluster");
    assertThat(c.bytesPerSecond()).isEqualTo(76.8e9);
    assertThat(c.shape(new MemoryShape(40, 256)))
        .isEqualTo(new ClusterShape(1, 4, 8, 2, 64, 16, 8, 60, 40));
    assertThat(c.shape(new MemoryShape(40, 32)).wordsIn()).as("a slow memory").isEqualTo(4);
  }

  @Test
  void anImageOfOtherParametersIsAnothers() {
    CoreConfiguration c = Bitstreams.simulated("sim-cluster");
    ObjectNode manifest = new ObjectMapper().createObjectNode();
    manifest.set("parameters", c.json().path("core").deepCopy());
    manifest.set("cluster", c.json().path("cluster").deepCopy());
    assertThat(c.made(manifest)).isTrue();
    ((ObjectNode) manifest.path("cluster")).put("slots", 32);
    assertThat(c.made(manifest)).as("other slots").isFalse();
    manifest.set("cluster", c.json().path("cluster"));
    ((ObjectNode) manifest.path("parameters")).put("twiddleSlots", 2);
    assertThat(c.made(manifest)).as("other root tables").isFalse();
  }

  @Test
  void aMissingMemberIsNamed() throws IOException {
    String json = Files.readString(Bitstreams.FOLDER.resolve("sim/sim-cluster/configuration.json"));
    Path file =
        Files.writeString(
            folder.resolve("configuration.json"), json.replace("\"slots\"", "\"slits\""));
    assertRefused(file, "slots is , expected a number");
    assertRefused(Files.writeString(folder.resolve("b.json"), "{"), "is no JSON");
    assertRefused(folder.resolve("nowhere.json"), "is missing");
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> CoreConfiguration.read(file))
        .isInstanceOfSatisfying(
            BenchException.class, e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.ENGINE))
        .hasMessageContaining(message);
  }
}
