package io.cipherstream.transformer;

import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.seal.SealEngine;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The small model's encrypted sentence on the engines that need no hardware. */
@Tag("native")
class SmallModelIT {

  @Test
  void everyEngineGivesSealsWords() {
    long seed = System.nanoTime();
    System.out.println("SmallModelIT seed " + seed);
    LimbRing ring = SmallModel.parameters().ring();
    try (LimbEngine java = new JavaEngine(ring, 1L << 30);
        LimbEngine sealLimb = new SealEngine(ring);
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", ring, OpenClOptions.DEFAULTS)) {
      SmallModel.compare(seed, List.of(java, sealLimb, openCl));
    }
  }
}
