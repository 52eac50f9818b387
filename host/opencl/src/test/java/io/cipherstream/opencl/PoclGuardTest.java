package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine on which PoCL would abort the process, put together in a folder. */
@Tag("native")
class PoclGuardTest {

  @TempDir private Path folder;

  @Test
  void poclWithoutATopologyIsRefused() throws IOException {
    Path vendors = Files.createDirectory(folder.resolve("vendors"));
    Path topology = folder.resolve("cpu");
    assertThatCode(() -> PoclGuard.check(vendors, topology, Map.of())).doesNotThrowAnyException();
    Files.writeString(vendors.resolve("pocl.icd"), "libpocl.so.2");
    assertThatThrownBy(() -> PoclGuard.check(vendors, topology, Map.of()))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNAVAILABLE))
        .hasMessageContaining("mount /sys")
        .hasMessageContaining("HWLOC_SYNTHETIC");
    assertThatCode(() -> PoclGuard.check(vendors, topology, Map.of("HWLOC_SYNTHETIC", "pu:2")))
        .doesNotThrowAnyException();
    Files.createDirectory(topology);
    assertThatCode(() -> PoclGuard.check(vendors, topology, Map.of())).doesNotThrowAnyException();
  }

  @Test
  void noVendorsNoDanger() {
    assertThatCode(() -> PoclGuard.check(folder.resolve("none"), folder.resolve("cpu"), Map.of()))
        .doesNotThrowAnyException();
  }
}
