package io.cipherstream.server.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientZipsTest {

  @TempDir private Path folder;

  @Test
  void theZipIsWrittenAsItIsMade() throws Exception {
    ModelPackage model = new ModelRepository(List.of(models())).find("sst2-tiny");
    new ClientZips(folder.resolve("first")).of(model, "ab".repeat(32)); // loads the classes
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long before = threads.getCurrentThreadAllocatedBytes();
    Path zip = new ClientZips(folder.resolve("zips")).of(model, "ab".repeat(32));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes of heap").isLessThan(Files.size(zip) / 2);
    try (InputStream in = Files.newInputStream(zip)) {
      ClientPackage read = ClientPackage.readZip(in, folder.resolve("unpacked"));
      assertThat(read.manifest().toJson()).isEqualTo(model.manifest().toJson());
    }
    assertThat(folder.resolve("zips").toFile().list())
        .containsExactly(zip.getFileName().toString());
    assertThat(new ClientZips(folder.resolve("zips")).of(model, "ab".repeat(32))).isEqualTo(zip);
  }

  private static Path models() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("deploy/models/sst2-tiny"))) {
        return at.resolve("deploy/models");
      }
    }
    return Assumptions.abort("needs deploy/models/sst2-tiny");
  }
}
