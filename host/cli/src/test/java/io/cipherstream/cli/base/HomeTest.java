package io.cipherstream.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeTest {

  @Test
  void ownVariableThenDataHomeThenTheUsualPlace() {
    assertThat(Home.folder(Map.of("CIPHERSTREAM_HOME", "/a", "XDG_DATA_HOME", "/b"), "/u"))
        .isEqualTo(Path.of("/a"));
    assertThat(Home.folder(Map.of("XDG_DATA_HOME", "/b"), "/u"))
        .isEqualTo(Path.of("/b/cipherstream"));
    assertThat(Home.folder(Map.of("CIPHERSTREAM_HOME", " "), "/u"))
        .isEqualTo(Path.of("/u/.local/share/cipherstream"));
  }
}
