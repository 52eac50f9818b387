package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class OpenClPlatformsTest {

  private static final OpenClDevice CPU = device(0, 0, "pocl", "Some Processor", true);
  private static final OpenClDevice GPU = device(1, 0, "nv", "Graphics 9000", true);
  private static final OpenClDevice SECOND_GPU = device(1, 1, "nv", "Graphics 100", true);
  private static final OpenClDevice CARD = device(2, 0, "xilinx", "Card", false);
  private static final List<OpenClDevice> ALL = List.of(CPU, GPU, SECOND_GPU, CARD);

  private static OpenClDevice device(
      int platform, int index, String shortName, String name, boolean compiler) {
    OpenClDevice.Type type =
        name.startsWith("Graphics")
            ? OpenClDevice.Type.GPU
            : compiler ? OpenClDevice.Type.CPU : OpenClDevice.Type.ACCELERATOR;
    return new OpenClDevice(
        platform,
        index,
        "Platform of " + shortName,
        "vendor",
        "OpenCL 1.2",
        shortName,
        name,
        "vendor",
        "1.0",
        "OpenCL 1.2",
        type,
        1,
        1000,
        1 << 30,
        1 << 28,
        1 << 15,
        256,
        true,
        true,
        true,
        true,
        compiler);
  }

  @Test
  void devicesAreChosenByNameTypeAndIndex() {
    assertThat(OpenClPlatforms.select("opencl", ALL)).isEqualTo(GPU);
    assertThat(OpenClPlatforms.select("opencl:pocl", ALL)).isEqualTo(CPU);
    assertThat(OpenClPlatforms.select("OpenCL:NV/1", ALL)).isEqualTo(SECOND_GPU);
    assertThat(OpenClPlatforms.select("opencl:nv/graphics 100", ALL)).isEqualTo(SECOND_GPU);
    assertThat(OpenClPlatforms.select("opencl:1", ALL)).isEqualTo(GPU);
    assertThat(OpenClPlatforms.select("opencl:1/1", ALL)).isEqualTo(SECOND_GPU);
    assertThat(OpenClPlatforms.select("opencl:/cpu", ALL)).isEqualTo(CPU);
    assertThat(OpenClPlatforms.select("opencl:of pocl", ALL)).isEqualTo(CPU);
    for (OpenClDevice device : List.of(CPU, GPU, SECOND_GPU)) {
      assertThat(OpenClPlatforms.select(device.selector(), ALL)).isEqualTo(device);
    }
  }

  @Test
  void aWholeShortNameIsNotTakenForAFragment() {
    OpenClDevice other = device(3, 0, "nv-pocl", "Graphics 7", true);
    assertThat(OpenClPlatforms.select("opencl:pocl/0", List.of(other, CPU))).isEqualTo(CPU);
    assertThat(OpenClPlatforms.select("opencl:poc", List.of(other, CPU))).isEqualTo(other);
  }

  @Test
  void theNativeLibraryIsNoFileThatOthersCouldHaveLeft() throws IOException {
    assertThat(OpenClPlatforms.list()).isNotEmpty();
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      assertThat(maps.filter(line -> line.contains("JOCL")))
          .isNotEmpty()
          .allMatch(line -> line.matches(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.so"));
    }
  }

  @Test
  void whatIsNotThereIsNamedBesideWhatIs() {
    assertThatThrownBy(() -> OpenClPlatforms.select("opencl:amd", ALL))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNAVAILABLE))
        .hasMessageContaining("opencl:amd")
        .hasMessageContaining("opencl:pocl/0")
        .hasMessageContaining("opencl:nv/1");
    assertThatThrownBy(() -> OpenClPlatforms.select("opencl:pocl/3", ALL))
        .isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> OpenClPlatforms.select("opencl:xilinx", ALL))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("builds no kernels");
    assertThatThrownBy(() -> OpenClPlatforms.select("opencl", List.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("pocl-opencl-icd");
    for (String wrong : List.of("cuda", "openclx", "", "opencl/0")) {
      assertThatThrownBy(() -> OpenClPlatforms.select(wrong, ALL))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("opencl[:platform[/device]]");
    }
  }

  @Test
  void poclIsThere() {
    OpenClDevice device = OpenClPlatforms.select("opencl:pocl");
    assertThat(device.usable()).isTrue();
    assertThat(device.obstacle()).isEmpty();
    assertThat(device.type()).isEqualTo(OpenClDevice.Type.CPU);
    assertThat(device.memoryBytes()).isGreaterThan(1L << 28);
    assertThat(OpenClPlatforms.list()).anyMatch(d -> d.selector().equals(device.selector()));
  }
}
