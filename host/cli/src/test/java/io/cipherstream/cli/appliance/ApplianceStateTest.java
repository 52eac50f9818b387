package io.cipherstream.cli.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplianceStateTest {

  @TempDir private Path folder;

  @Test
  void readsAnEventLine() {
    ApplianceState state =
        ApplianceState.parse(
                "{\"event\":\"ready\",\"url\":\"https://127.0.0.1:8443\",\"pid\":7,"
                    + "\"certificateSha256\":\"ab\"}")
            .orElseThrow();
    assertThat(state)
        .isEqualTo(new ApplianceState(URI.create("https://127.0.0.1:8443"), 7, "ab", true));
  }

  @Test
  void plainHttpHasNoCertificate() {
    ApplianceState state =
        ApplianceState.parse(
                "{\"event\":\"listening\",\"url\":\"http://127.0.0.1:1\",\"pid\":7,"
                    + "\"certificateSha256\":null}")
            .orElseThrow();
    assertThat(state.certificateSha256()).isEmpty();
    assertThat(state.ready()).isFalse();
  }

  @Test
  void otherLinesAreNoEvents() {
    assertThat(ApplianceState.parse("12:00 INFO started")).isEmpty();
    assertThat(ApplianceState.parse("{\"event\":\"ready\"}")).isEmpty();
    assertThat(ApplianceState.parse("{\"url\":\"not a url\",\"pid\":1}")).isEmpty();
  }

  @Test
  void anotherProcessWithTheSameNumberIsNotTheAppliance() throws IOException {
    long self = ProcessHandle.current().pid();
    Files.writeString(
        folder.resolve(ApplianceState.FILE_NAME),
        "{\"event\":\"ready\",\"url\":\"https://127.0.0.1:8443\",\"pid\":" + self + "}");
    assertThat(ApplianceState.read(folder)).isEmpty();
  }

  @Test
  void noFileMeansNoAppliance() {
    assertThat(ApplianceState.read(folder)).isEmpty();
  }
}
