package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("native")
class KernelChoiceTest {

  @TempDir private Path directory;

  @Test
  void measuredKernelsAreRememberedAndUsed() throws IOException {
    LimbRing ring = RandomPrograms.ring(23, 256, 2, 50);
    OpenClOptions options =
        OpenClOptions.DEFAULTS.withMemoryBytesMax(16 << 20).withCacheDirectory(directory);
    String chosen;
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
      chosen = engine.kernels();
      assertThat(KernelVariant.possibleOn(TestEngines.POCL, ring))
          .contains(KernelVariant.parse(chosen));
      InterpreterComparison.sameWords(engine, 23, 100, 50);
    }
    Path file = directory.resolve("opencl-kernels.properties");
    assertThat(Files.readString(file)).contains("=" + chosen);
    try (var files = Files.list(directory)) {
      assertThat(files).as("no temporary file stays").containsExactly(file);
    }
  }

  @Test
  void cacheKeepsEntriesAndSurvivesNonsense() throws IOException {
    KernelCache cache = new KernelCache(directory.resolve("new"));
    assertThat(cache.get("a")).isEmpty();
    KernelVariant limb = KernelVariant.parse("f64-limb");
    KernelVariant group = KernelVariant.parse("u64-group12");
    cache.put("a", limb);
    cache.put("b", group);
    assertThat(cache.get("a")).isEqualTo(Optional.of(limb));
    assertThat(cache.get("b")).isEqualTo(Optional.of(group));
    Path file = directory.resolve("new").resolve("opencl-kernels.properties");
    Files.writeString(file, "a=nonsense\nb=\\u00zz\n");
    assertThat(cache.get("a")).isEmpty();
    cache.put("a", limb);
    assertThat(cache.get("a")).isEqualTo(Optional.of(limb));
  }

  @Test
  void kernelsThatDoNotSuitTheRingAreRefused() {
    LimbRing large = RandomPrograms.ring(29, 1024, 1, 51);
    LimbRing tiny = RandomPrograms.ring(29, 16, 1, 30);
    assertThatThrownBy(
            () ->
                OpenClEngine.open(
                    TestEngines.POCL, large, OpenClOptions.DEFAULTS.withKernels("f64-limb")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("f64-limb")
        .hasMessageContaining("u64-limb");
    assertThat(KernelVariant.possibleOn(TestEngines.POCL, large))
        .extracting(KernelVariant::arithmetic)
        .containsOnly(KernelVariant.Arithmetic.U64);
    assertThat(KernelVariant.possibleOn(TestEngines.POCL, tiny))
        .extracting(KernelVariant::layout)
        .containsOnly(KernelVariant.Layout.GROUP);
    assertThatThrownBy(() -> OpenClOptions.DEFAULTS.withKernels("f16-limb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("f16-limb");
  }

  @Test
  void trialTakesTheOtherLayoutWhereTheUsualDoesNotBuild() {
    LimbRing ring = RandomPrograms.ring(29, 256, 1, 40);
    KernelTrial trial =
        new KernelTrial(
            TestEngines.POCL,
            ring,
            () ->
                new ClCalls() {
                  @Override
                  cl_program build(cl_context c, cl_device_id d, String source, String options) {
                    if (options.contains("LANES=8")) {
                      throw new EngineException(EngineException.Kind.BUILD, "no vectors here");
                    }
                    return super.build(c, d, source, options);
                  }
                });
    List<KernelVariant> possible =
        List.of(KernelVariant.parse("u64-limb"), KernelVariant.parse("u64-group11"));
    assertThat(trial.fastest(possible)).hasToString("u64-group11");
  }

  @Test
  void trialFitsTheDevicesMemory() {
    OpenClDevice d = TestEngines.POCL;
    OpenClDevice small =
        new OpenClDevice(
            d.platformIndex(),
            d.deviceIndex(),
            d.platformName(),
            d.platformVendor(),
            d.platformVersion(),
            d.platformShort(),
            d.name(),
            d.vendor(),
            d.driver(),
            d.version(),
            OpenClDevice.Type.GPU,
            d.computeUnits(),
            d.clockMhz(),
            d.memoryBytes(),
            48 << 20,
            d.localBytes(),
            d.groupItemsMax(),
            d.fp64(),
            d.int64(),
            d.littleEndian(),
            d.available(),
            d.compiler());
    LimbRing ring = RandomPrograms.ring(29, 2048, 1, 40);
    KernelVariant group = KernelVariant.parse("u64-group11");
    assertThat(new KernelTrial(small, ring).fastest(List.of(group))).isEqualTo(group);
  }

  @Test
  void trialWithNothingThatWorksSaysWhy() {
    LimbRing ring = RandomPrograms.ring(29, 1024, 1, 51);
    KernelVariant wrong = KernelVariant.parse("u32-limb");
    assertThatThrownBy(() -> new KernelTrial(TestEngines.POCL, ring).fastest(List.of(wrong)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.BUILD))
        .hasMessageContaining("u32-limb")
        .hasMessageContaining("the interpreter's");
  }
}
