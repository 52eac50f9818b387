package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes, and a process where there is no OpenCL driver. */
@Timeout(120)
@Tag("native")
class ProcessesIT {

  private static final long SEED = Long.getLong("seed", 17);

  @Test
  void twoProcessesShareADevice() throws Exception {
    Process other = Processes.start(ConformanceMain.class, Map.of(), Long.toString(SEED));
    try {
      byte[] begun = other.getInputStream().readNBytes("SLF4J".length());
      assertThat(begun).as("the other process has begun to speak").hasSize(5);
      LimbRing ring = RandomPrograms.ring(SEED + 1, 4096, 3, 50);
      OpenClOptions options =
          OpenClOptions.DEFAULTS.withKernels("f64-limb").withMemoryBytesMax(256 << 20);
      try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
        InterpreterComparison.sameWords(engine, SEED, 1000, 100);
      }
      Processes.Ended ended = Processes.end(other);
      assertThat(ended.exit()).as(ended.output()).isZero();
      assertThat(ended.output()).as("seed %d", SEED).contains("same words");
    } finally {
      other.destroyForcibly();
    }
  }

  /** Prints the number of devices and what a selection answers. */
  static final class DevicesMain {
    private DevicesMain() {}

    public static void main(String[] arguments) {
      System.out.println(OpenClPlatforms.list().size() + " devices");
      try {
        OpenClPlatforms.select("opencl");
      } catch (io.cipherstream.ring.EngineException e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
    }
  }

  @Test
  void withoutADriverItSaysWhatToInstall() throws Exception {
    Process process = Processes.start(DevicesMain.class, Map.of("OCL_ICD_VENDORS", "/nonexistent"));
    Processes.Ended ended = Processes.end(process);
    assertThat(ended.exit()).as(ended.output()).isZero();
    assertThat(ended.output())
        .contains("0 devices")
        .contains("UNAVAILABLE no OpenCL platform has a device here")
        .contains("pocl-opencl-icd");
  }
}
