package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One data directory, two appliances. */
class DataDirectoryIT {

  @TempDir private Path folder;

  @Test
  void aSecondApplianceIsRefusedAndTouchesNothing() throws Exception {
    LoopbackModel model = new LoopbackModel(Files.writeString(folder.resolve("p.zip"), "p"), 2);
    Path data = folder.resolve("data");
    try (TestServer first = TestServer.loopback(data, model)) {
      Path upload = Files.createFile(data.resolve("uploads/in-progress.part"));
      assertThatThrownBy(() -> TestServer.loopback(data, model))
          .rootCause()
          .hasMessageContaining("in use by another appliance")
          .hasMessageContaining(data.toString());
      assertThat(upload).exists();
      assertThat(first.appliance.port()).isPositive();
    }
    TestServer.loopback(data, model).close();
  }
}
