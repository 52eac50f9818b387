package io.cipherstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceImagesTest {

  @TempDir private Path folder;

  @BeforeEach
  void images() throws IOException {
    System.setProperty(DeviceImages.PROPERTY, folder.toString());
    for (String image : new String[] {"sim/sim-a", "alveo/card-b"}) {
      Files.writeString(
          Files.createDirectories(folder.resolve(image)).resolve("manifest.json"), "{}");
    }
  }

  @AfterEach
  void forget() {
    System.clearProperty(DeviceImages.PROPERTY);
  }

  @Test
  void anUnknownSimulationIsNamedWithThoseThatThereAreButNoCards() {
    assertThat(DeviceImages.simulation("sim-a")).isEqualTo(folder.resolve("sim/sim-a"));
    assertThatThrownBy(() -> DeviceImages.simulation("sim-b"))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("no image of simulation sim-b in " + folder.resolve("sim/sim-b"))
        .hasMessageEndingWith("there are: [sim-a]");
  }

  @Test
  void aNameThatLeavesTheFolderIsRefused() {
    assertThatThrownBy(() -> DeviceImages.simulation("../alveo/card-b"))
        .hasMessageContaining("expected the name of a configuration");
  }

  @Test
  void anImageThatCannotBeUsedSaysWhy() {
    assertThat(DeviceImages.list())
        .extracting(DeviceImages.Found::board)
        .containsExactly("alveo", "sim");
    assertThat(DeviceImages.list())
        .allMatch(image -> !image.usable() && image.problem().contains("manifest.json"));
  }
}
