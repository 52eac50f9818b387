package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;

/** Small engines on PoCL, which the tests need: without it they fail. */
final class TestEngines {

  static final OpenClDevice POCL = OpenClPlatforms.select("opencl:pocl");
  static final OpenClOptions SMALL =
      OpenClOptions.DEFAULTS.withKernels("u64-limb").withMemoryBytesMax(16 << 20);
  static final LimbRing RING = RandomPrograms.ring(5, 1024, 2, 50);

  private TestEngines() {}

  static OpenClEngine open() {
    return OpenClEngine.open(POCL, RING, SMALL);
  }

  static OpenClEngine open(OpenClOptions options, ClCalls calls) {
    KernelVariant variant = KernelChoice.of(POCL, RING, options);
    return new OpenClEngine(POCL, RING, options, variant, calls);
  }

  /** d = NTT(a) + a of modulus 0. */
  static LimbProgram transformAndAdd(LimbRing ring) {
    int degree = ring.degree();
    ProgramBuilder builder = LimbProgram.builder("transform-and-add", ring);
    Segment a = builder.input("a", degree);
    Segment d = builder.output("d", degree);
    Segment t = builder.scratch("t", degree);
    builder.ntt(0, t.at(0), a.at(0)).add(0, d.at(0), t.at(0), a.at(0));
    return builder.build();
  }
}
