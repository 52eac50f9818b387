package io.cipherstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages: what is written is read, and what was changed is refused. */
class NetworkDescriptionTest {

  @TempDir private Path folder;
  private NetworkPackage written;

  @BeforeEach
  void write() {
    written =
        new NetworkImport("small", List.of("a", "b"), List.of(), 4, "MIT", null)
            .kan(DigitsKan.resource("pykan.safetensors"), folder);
  }

  @Test
  void whatIsWrittenIsRead() {
    NetworkPackage read = NetworkPackage.find(List.of(folder), "small");
    double[] question = {0.25, -0.5, 1};
    assertThat(read.answer(question)).hasSize(2).containsExactly(written.answer(question));
    NetworkDescription there = NetworkDescription.parse(read.description().toJson());
    assertThat(there.widths()).containsExactly(3, 4, 2);
    assertThat(there.labels()).containsExactly("a", "b");
    assertThat(there.plan().digestHex()).isEqualTo(written.description().plan().digestHex());
    assertThat(NetworkPackage.names(List.of(folder))).containsExactly("small");
  }

  private void refused(String from, String to, String message) {
    String json = new String(written.description().toJson(), StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    byte[] changed = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> NetworkDescription.parse(changed))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    refused("\"format\" : 1", "\"format\" : 2", "this program reads format 1");
    refused("\"degree\" : 4", "\"degree\" : 400", "expected a degree of 1 to 32");
    refused("\"outputs\" : 4", "\"outputs\" : 5", "expected 5 inputs");
    refused("\"from\" : -1.0", "\"from\" : 1.0", "from 1.0 to 1.0");
    refused("[ \"a\", \"b\" ]", "[ \"a\" ]", "1 labels for 2 outputs");
    refused("\"kind\" : \"kan\",", "", "expected name, kind");
    refused("\"order\" : 3", "\"order\" : 30", "of order 30");
    refused("{", "[", "network.json");
  }

  @Test
  void changedWeightsAreFound() throws Exception {
    Path weights = written.folder().resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThatThrownBy(() -> NetworkPackage.find(List.of(folder), "small"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is not the file it was made with");
  }
}
