package io.cipherstream.opencl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dividing programs: limits hold, and parts one after the other are the program. */
@Tag("native")
class ImageProgramTest {

  private static final long SEED = Long.getLong("seed", 20261124);
  private static final int DEGREE = 64;

  private static CoreParameters core(int segments, int moduli) {
    return new CoreParameters(50, 5, 13, 4, 8, segments, moduli, 1);
  }

  @Test
  void aProgramThatFitsStaysWhole() {
    LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 4, 50);
    LimbProgram program = new RandomPrograms(SEED, ring).next(50);
    List<CorePart> parts = ImageProgram.parts(program, core(64, 32), 1000);
    assertThat(parts).hasSize(1);
    CorePart whole = parts.get(0);
    assertThat(whole.descriptors()).isEqualTo(program.descriptors());
    assertThat(whole.entries()).hasSize(program.segments().size());
    assertThat(whole.moduli()).containsExactly(0, 1, 2, 3);
    assertThat(whole.place(program)).isEqualTo(program.name());
  }

  @Test
  void limitsHoldAndNothingIsLost() {
    LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 6, 50);
    RandomPrograms random = new RandomPrograms(SEED, ring);
    for (int round = 0; round < 40; round++) {
      LimbProgram program = random.next(120);
      int segments = 3 + round % 5;
      int moduli = 2 + round % 3;
      int instructions = 1 + 7 * (round % 6);
      List<CorePart> parts = ImageProgram.parts(program, core(segments, moduli), instructions);
      int next = 0;
      for (CorePart part : parts) {
        assertThat(part.first()).as("seed %d", SEED).isEqualTo(next);
        assertThat(part.count()).isBetween(1, instructions);
        assertThat(part.entries().size()).isBetween(1, segments);
        assertThat(part.moduli().size()).isBetween(1, moduli);
        assertThat(new HashSet<>(part.moduli())).hasSameSizeAs(part.moduli());
        assertThat(part.descriptors().isDirect()).isTrue();
        assertThat(part.descriptors().remaining()).isEqualTo(part.count() * DescriptorLayout.BYTES);
        next += part.count();
      }
      assertThat(next).isEqualTo(120);
    }
  }

  /**
   * Runs the parts on the interpreter as a core would, over one pool and through their own tables,
   * and compares every word with the undivided program's.
   */
  @Test
  void partsGiveTheProgramsWords() {
    LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 5, 50);
    RandomPrograms random = new RandomPrograms(SEED + 1, ring);
    int divided = 0;
    for (int round = 0; round < 30; round++) {
      LimbProgram program = random.next(80);
      List<long[]> data = random.data(program);
      List<CorePart> parts =
          ImageProgram.parts(program, core(3 + round % 4, 2 + round % 2), 1 + round * 3);
      divided += parts.size() > 1 ? 1 : 0;
      PoolRun whole = new PoolRun(ring, program, data);
      PoolRun inParts = new PoolRun(ring, program, data);
      long zeros = whole.run(ImageProgram.parts(program, core(64, 32), 1000));
      assertThat(inParts.run(parts)).as("zeros, seed %d round %d", SEED, round).isEqualTo(zeros);
      assertThat(inParts.pool).as("seed %d round %d", SEED, round).isEqualTo(whole.pool);
    }
    assertThat(divided).isGreaterThan(20);
  }

  /** A pool with a program's segments in it, run part by part through the parts' tables. */
  private static final class PoolRun {
    private static final int GAP = 2 * DescriptorLayout.LINE_WORDS;
    private final LimbRing ring;
    private final long[] begins;
    private final long[] pool;

    PoolRun(LimbRing ring, LimbProgram program, List<long[]> data) {
      this.ring = ring;
      this.begins = new long[program.segments().size()];
      long at = GAP;
      // Arguments apart from each other, scratch in one piece, as the engine lays them out.
      for (boolean scratch : new boolean[] {false, true}) {
        for (Segment s : program.segments()) {
          if ((s.access() == Segment.Access.SCRATCH) == scratch) {
            begins[s.index()] = at;
            at += s.words() + (scratch ? 0 : GAP);
          }
        }
      }
      pool = new long[(int) at];
      for (int i = 0; i < data.size(); i++) {
        int begin = (int) begins[program.arguments().get(i).index()];
        System.arraycopy(data.get(i), 0, pool, begin, data.get(i).length);
      }
    }

    long run(List<CorePart> parts) {
      return parts.stream().mapToLong(this::run).sum();
    }

    private long run(CorePart part) {
      ByteBuffer table =
          ByteBuffer.allocate(part.segmentTableBytes()).order(ByteOrder.LITTLE_ENDIAN);
      part.putSegmentTable(table, begins);
      LimbRing own =
          new LimbRing(ring.degree(), part.moduli().stream().map(ring::modulus).toList());
      List<Segment> segments = new ArrayList<>();
      for (int e = 0; e < part.entries().size(); e++) {
        long words = (long) table.getInt(e * CorePart.ENTRY_BYTES + 8) * 8;
        boolean writable = table.getInt(e * CorePart.ENTRY_BYTES + 12) == 1;
        Segment.Access access = writable ? Segment.Access.UPDATE : Segment.Access.INPUT;
        segments.add(new Segment(e, "entry" + e, access, words));
      }
      LimbProgram program = LimbProgram.parse("part", own, segments, part.descriptors());
      try (JavaEngine engine = new JavaEngine(own, 1L << 28)) {
        List<LimbView> views = new ArrayList<>();
        for (Segment s : segments) {
          LimbBuffer buffer = engine.allocate(s.words());
          ByteBuffer words = direct(s.words());
          words.asLongBuffer().put(pool, word(table, s), (int) s.words());
          engine.upload(words, buffer, 0);
          views.add(LimbView.of(buffer));
        }
        long zeros = engine.submit(program, views).await().zeroWords();
        for (Segment s : segments) {
          if (s.access().writable()) {
            ByteBuffer words = direct(s.words());
            engine.download(views.get(s.index()).buffer(), 0, words);
            words.asLongBuffer().get(pool, word(table, s), (int) s.words());
          }
        }
        return zeros;
      }
    }

    private static int word(ByteBuffer table, Segment s) {
      return (int) table.getLong(s.index() * CorePart.ENTRY_BYTES) * DescriptorLayout.LINE_WORDS;
    }

    private static ByteBuffer direct(long words) {
      return ByteBuffer.allocateDirect((int) words * 8).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  @Test
  void manyScratchSegmentsBecomeOneBeforeAnythingIsCut() {
    LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 2, 50);
    var builder = LimbProgram.builder("scratchy", ring);
    Segment in = builder.input("in", DEGREE);
    Segment out = builder.output("out", DEGREE);
    List<Segment> scratch =
        IntStream.range(0, 100).mapToObj(i -> builder.scratch("s" + i, 2L * DEGREE)).toList();
    builder.copy(0, scratch.get(0).at(DEGREE), in.at(0));
    for (int i = 1; i < 100; i++) {
      builder.addc(0, scratch.get(i).at(DEGREE), scratch.get(i - 1).at(DEGREE), i);
    }
    builder.copy(0, out.at(0), scratch.get(99).at(DEGREE));
    LimbProgram program = builder.build();
    List<CorePart> parts = ImageProgram.parts(program, core(3, 2), 1000);
    assertThat(parts).hasSize(1);
    CorePart part = parts.get(0);
    int limb = ring.limbLines();
    assertThat(part.entries())
        .containsExactly(
            new CorePart.Entry(0, limb, false),
            new CorePart.Entry(1, limb, true),
            new CorePart.Entry(2, 200L * limb, true));
    int last = 100 * DescriptorLayout.BYTES;
    assertThat(part.descriptors().getInt(last + DescriptorLayout.A_SEGMENT)).isEqualTo(2);
    assertThat(part.descriptors().getInt(last + DescriptorLayout.A_LINE)).isEqualTo(199 * limb);
    assertThat(part.descriptors().getInt(last + DescriptorLayout.D_SEGMENT)).isEqualTo(1);
  }

  @Test
  void segmentTablesAreWholeLines() {
    assertThat(CorePart.segmentTableBytes(0)).isEqualTo(64);
    assertThat(CorePart.segmentTableBytes(4)).isEqualTo(64);
    assertThat(CorePart.segmentTableBytes(5)).isEqualTo(128);
    Set<Integer> sizes = new HashSet<>();
    IntStream.range(0, 64).forEach(e -> sizes.add(CorePart.segmentTableBytes(e) % 64));
    assertThat(sizes).containsExactly(0);
  }

  @Test
  void cyclesAreThoseOfTheUnits() {
    LimbRing ring = RandomPrograms.ring(SEED, 1024, 2, 50);
    var builder = LimbProgram.builder("two", ring);
    Segment a = builder.update("a", 1024);
    Segment d = builder.output("d", 1024);
    builder.ntt(0, a.at(0), a.at(0)).ntt(0, a.at(0), a.at(0)).add(0, d.at(0), a.at(0), a.at(0));
    CorePart part = ImageProgram.parts(builder.build(), core(64, 32), 100).get(0);
    assertThat(part.cycles().bound()).isEqualTo(2 * 1280);
    assertThat(part.cycles().sum()).isEqualTo(2 * 1280 + 256);
  }

  @Test
  void aRunOfNoInstructionsIsNoLimit() {
    LimbRing ring = RandomPrograms.ring(SEED, DEGREE, 2, 50);
    LimbProgram program = new RandomPrograms(SEED, ring).next(5);
    assertThatThrownBy(() -> ImageProgram.parts(program, core(64, 32), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }
}
