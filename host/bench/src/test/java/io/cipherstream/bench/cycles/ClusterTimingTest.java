package io.cipherstream.bench.cycles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import org.junit.jupiter.api.Test;

/** Programs whose time can be worked out by hand. */
class ClusterTimingTest {

  private static final int N = 8192;
  private static final LimbRing RING = RandomPrograms.ring(3, N, 2, 50);

  /** P 64, M 64, Q 16, 48 words in: transform 832 cycles, stream 512, load 171. */
  private static final ClusterShape SHAPE = ClusterShape.of(1, 64, 64, 16, 64, 48);

  private static ClusterPrediction of(LimbProgram p, ClusterShape shape) {
    return ClusterTiming.of(new Lowering(shape).lower(p), shape);
  }

  private static LimbProgram transforms(int count) {
    ProgramBuilder b = LimbProgram.builder("transforms", RING);
    Segment in = b.input("in", (long) count * N);
    Segment out = b.output("out", (long) count * N);
    for (int i = 0; i < count; i++) {
      b.ntt(0, out.at((long) i * N), in.at((long) i * N));
    }
    return b.build();
  }

  /** Load, stream in, butterflies, stream out, store: one after the other, with their latencies. */
  @Test
  void oneTransformIsTheSumOfItsSteps() {
    double steps = 171 + 80 + 512 + 832 + 60 + 512 + 512 + 80;
    assertThat(of(transforms(1), SHAPE).cycles()).isCloseTo(steps, within(250.0));
  }

  @Test
  void manyTransformsAreBoundByTheButterflies() {
    ClusterPrediction p = of(transforms(48), SHAPE);
    assertThat(p.butterflies()).isCloseTo(48 * 832.0, within(1e-6));
    assertThat(p.cycles()).isBetween(48 * 832.0, 48 * 832.0 + 4000);
    assertThat(p.bytesIn()).isEqualTo(48L * N * 8);
    assertThat(p.bytesOut()).isEqualTo(48L * N * 8);
  }

  /** Products of a limb with keys that are read once wait for the memory: 48 words a cycle. */
  @Test
  void keysThatStreamAreBoundByTheMemory() {
    int terms = 32;
    ProgramBuilder b = LimbProgram.builder("keys", RING);
    Segment a = b.input("a", N);
    Segment keys = b.input("keys", (long) terms * N);
    Segment sum = b.scratch("sum", N);
    Segment out = b.output("out", N);
    b.ntt(0, sum.at(0), a.at(0));
    b.mul(0, out.at(0), sum.at(0), keys.at(0));
    for (int t = 1; t < terms; t++) {
      b.mac(0, out.at(0), sum.at(0), keys.at((long) t * N));
    }
    ClusterPrediction p = of(b.build(), SHAPE);
    assertThat(p.bytesIn()).isEqualTo((terms + 1L) * N * 8);
    double memory = terms * N / 48.0;
    assertThat(p.cycles()).isBetween(memory, memory + 4000);
    ClusterShape wide = ClusterShape.of(1, 64, 64, 16, 64, 480);
    double lanes = terms * N / 64.0;
    assertThat(of(b.build(), wide).cycles()).isBetween(lanes, lanes + 4000);
  }

  /** Two clusters halve what is independent if the memory is fast, and each has its own units. */
  @Test
  void clustersShareIndependentWork() {
    double one = of(transforms(48), ClusterShape.of(1, 64, 64, 16, 64, 192)).cycles();
    double two = of(transforms(48), ClusterShape.of(2, 64, 64, 16, 64, 192)).cycles();
    assertThat(two).isBetween(one / 2, one / 2 + 3000);
  }

  @Test
  void aProgramForMoreSlotsIsRefused() {
    CoreProgram p = new Lowering(SHAPE).lower(transforms(1));
    ClusterShape small = ClusterShape.of(1, 64, 64, 16, 32, 48);
    assertThatThrownBy(() -> ClusterTiming.of(p, small))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 clusters of 64 slots");
  }

  @Test
  void aCalendarGivesEachWhatIsLeft() {
    Calendar c = new Calendar(2);
    assertThat(c.take(0, 128, 2)).isEqualTo(64);
    assertThat(c.take(0, 64, 1)).as("nothing is left in the first 64 cycles").isEqualTo(128);
    assertThat(c.take(64, 64, 2)).as("half is left").isEqualTo(128);
    assertThat(c.take(64, 64, 1)).isEqualTo(192);
    assertThat(c.total()).isEqualTo(320);
  }
}
