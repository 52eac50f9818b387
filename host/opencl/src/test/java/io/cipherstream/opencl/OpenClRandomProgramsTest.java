package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Runs;
import io.cipherstream.ring.Segment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interpreter = OpenCL, word for word, on random programs with edge words. */
@Tag("native")
class OpenClRandomProgramsTest {

  private static final long SEED = Long.getLong("seed", 20261122);

  /**
   * @param instructions compared in all
   * @param perProgram instructions of a program
   */
  record Case(String kernels, int degree, int bits, int instructions, int perProgram) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("f64-limb", 1024, 50, 30_000, 300),
        new Case("f64-limb", 1024, 38, 10_000, 300),
        new Case("u64-limb", 1024, 61, 20_000, 300),
        new Case("u64-limb", 1024, 40, 10_000, 300),
        new Case("u32-limb", 1024, 31, 10_000, 300),
        new Case("f64-limb", 2048, 50, 8_000, 300),
        new Case("u64-limb", 2048, 60, 4_000, 300),
        new Case("f64-limb", 4096, 50, 4_000, 200),
        new Case("u64-limb", 4096, 61, 2_000, 200),
        new Case("f64-limb", 8192, 50, 2_500, 150),
        new Case("u64-limb", 8192, 50, 1_000, 150),
        new Case("f64-limb", 16384, 50, 1_000, 100),
        new Case("u64-limb", 16384, 61, 400, 100),
        new Case("f64-limb", 32768, 50, 500, 100),
        new Case("u64-limb", 32768, 61, 200, 100),
        // Degrees at which the transforms are divided otherwise.
        new Case("f64-limb", 128, 50, 1_000, 100),
        new Case("u64-limb", 256, 61, 1_000, 100),
        new Case("f64-limb", 65536, 50, 50, 50),
        // Work-groups: whole limbs in a tile, and one, two and three stages before it.
        new Case("f64-group11", 16, 40, 200, 100),
        new Case("u64-group11", 1024, 61, 1_000, 100),
        new Case("f64-group11", 2048, 50, 500, 100),
        new Case("u32-group11", 4096, 31, 200, 100),
        new Case("f64-group11", 8192, 50, 200, 100),
        new Case("u64-group11", 16384, 61, 100, 50),
        new Case("f64-group10", 16384, 50, 100, 50),
        new Case("f64-group12", 32768, 50, 100, 50));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheInterpreter(Case c) {
    LimbRing ring = RandomPrograms.ring(SEED + c.bits(), c.degree(), 3, c.bits());
    OpenClOptions options =
        OpenClOptions.DEFAULTS.withKernels(c.kernels()).withMemoryBytesMax(1 << 30);
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
      InterpreterComparison.sameWords(engine, SEED, c.instructions(), c.perProgram());
      assertThat(engine.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void casesCoverWhatIsPromised() {
    List<Case> cases = cases().toList();
    assertThat(cases.stream().mapToInt(Case::instructions).sum()).isGreaterThan(100_000);
    for (int degree = 1024; degree <= 32768; degree *= 2) {
      int n = degree;
      assertThat(cases).anyMatch(c -> c.degree() == n && c.kernels().startsWith("f64"));
      assertThat(cases).anyMatch(c -> c.degree() == n && c.kernels().startsWith("u64"));
    }
  }

  /** More independent instructions than a kernel launch may have nodes. */
  @Test
  void launchesThatAreTooWideAreDivided() {
    int limbs = DeviceProgram.NODES_MAX + 100;
    LimbRing ring = RandomPrograms.ring(SEED, 16, 1, 30);
    ProgramBuilder builder = LimbProgram.builder("wide", ring);
    Segment a = builder.input("a", 16);
    Segment d = builder.output("d", 16L * limbs);
    for (int i = 0; i < limbs; i++) {
      builder.addc(0, d.at(16L * i), a.at(0), i);
    }
    OpenClOptions options = TestEngines.SMALL.withKernels("u64-group11");
    try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
      List<long[]> words = List.of(new long[16], new long[16 * limbs]);
      Runs.on(engine, builder.build(), words);
      for (int k = 0; k < 16 * limbs; k++) {
        assertThat(words.get(1)[k]).isEqualTo(k / 16);
      }
    }
  }

  /** A ring of small moduli beside large ones, as CKKS parameters have them. */
  @Test
  void moduliOfSeveralSizesMix() {
    LimbRing large = RandomPrograms.ring(SEED, 1024, 2, 50);
    LimbRing small = RandomPrograms.ring(SEED, 1024, 2, 20);
    LimbRing ring =
        new LimbRing(1024, Stream.of(large, small).flatMap(r -> r.moduli().stream()).toList());
    for (String kernels : List.of("f64-limb", "u64-limb")) {
      OpenClOptions options = TestEngines.SMALL.withKernels(kernels);
      try (OpenClEngine engine = OpenClEngine.open(TestEngines.POCL, ring, options)) {
        InterpreterComparison.sameWords(engine, SEED, 2000, 100);
      }
    }
  }
}
