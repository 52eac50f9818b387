package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.opencl.image.ImageProgram;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Descriptors and arguments that no engine would send, straight to the kernel: the core says what
 * was wrong and where, writes nothing that it should not, and the next program runs.
 */
@Tag("hardware")
class BadDescriptorsIT {

  private static final int DEGREE = 1024;
  private static final int BAD = 1;

  /** Guard, a (two limbs), guard, d (three limbs), guard. */
  private static final int LIMBS = 8;

  private static final long[] BEGINS = {DEGREE, 4L * DEGREE};

  private final LimbRing ring = RandomPrograms.ring(SimulationProcess.SEED, DEGREE, 2, 50);
  private final LimbProgram program = program();
  private final long[] before = words();

  /** Damage and what the core should say of it. */
  private record Case(
      String name, CoreStatus status, Consumer<ByteBuffer> damage, Consumer<RawCard.Lie> lie) {}

  /** The second descriptor with a field changed. */
  private static Case field(String name, CoreStatus status, int offset, int bytes, long value) {
    return new Case(
        name,
        status,
        descriptors -> {
          for (int i = 0; i < bytes; i++) {
            descriptors.put(BAD * DescriptorLayout.BYTES + offset + i, (byte) (value >>> (8 * i)));
          }
        },
        lie -> {});
  }

  private static Case argument(String name, Consumer<RawCard.Lie> lie) {
    return new Case(name, CoreStatus.BAD_ARGUMENT, descriptors -> {}, lie);
  }

  private static List<Case> cases() {
    int limbLines = DEGREE / DescriptorLayout.LINE_WORDS;
    return List.of(
        field("opcode 0", CoreStatus.BAD_OPCODE, DescriptorLayout.OPCODE, 1, 0),
        field("opcode 16", CoreStatus.BAD_OPCODE, DescriptorLayout.OPCODE, 1, 16),
        field("opcode 255", CoreStatus.BAD_OPCODE, DescriptorLayout.OPCODE, 1, 255),
        field("modulus 2 of 2", CoreStatus.BAD_MODULUS, DescriptorLayout.MODULUS, 1, 2),
        field("segment 2 of 2", CoreStatus.BAD_SEGMENT, DescriptorLayout.A_SEGMENT, 4, 2),
        field("segment -1", CoreStatus.BAD_SEGMENT, DescriptorLayout.D_SEGMENT, 4, -1),
        field(
            "one line beyond the result's segment",
            CoreStatus.OUTSIDE_SEGMENT,
            DescriptorLayout.D_LINE,
            4,
            2L * limbLines + 1),
        field(
            "far beyond the operand's segment",
            CoreStatus.OUTSIDE_SEGMENT,
            DescriptorLayout.A_LINE,
            4,
            -1),
        field("result in an input", CoreStatus.READ_ONLY_SEGMENT, DescriptorLayout.D_SEGMENT, 4, 0),
        field("even Galois element", CoreStatus.BAD_FIELD, DescriptorLayout.GALOIS, 4, 4),
        field("Galois element beyond 2N", CoreStatus.BAD_FIELD, DescriptorLayout.GALOIS, 4, 2049),
        field("repeat shift 31", CoreStatus.BAD_FIELD, DescriptorLayout.REPEAT, 1, 31),
        argument("N = 2^20", lie -> lie.degreeBits = 20),
        argument("N = 2^9", lie -> lie.degreeBits = 9),
        argument("a pool that ends within a segment", lie -> lie.poolLines -= 2L * limbLines));
  }

  @TestFactory
  List<DynamicTest> theCoreSaysWhatIsWrongAndGoesOn() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String configuration : List.of("sim-golden", "sim-small-debug")) {
      tests.add(DynamicTest.dynamicTest(configuration, () -> check(configuration)));
    }
    return tests;
  }

  private void check(String configuration) {
    DeviceImage image = DeviceImage.read(SimulationProcess.image(configuration));
    CorePart part = ImageProgram.parts(program, image.manifest().parameters(), 4096).get(0);
    long[] right = interpreted();
    try (RawCard card = new RawCard(image, ring)) {
      for (Case c : cases()) {
        String name = configuration + ", " + c.name() + ", seed " + SimulationProcess.SEED;
        ByteBuffer pool = pool();
        CoreResult result = card.run(part, pool, BEGINS, c.damage(), c.lie());
        assertThat(CoreStatus.of(result.status())).as(name).contains(c.status());
        if (c.status() != CoreStatus.BAD_ARGUMENT) {
          assertThat(result.failedInstruction()).as(name).isEqualTo(BAD);
        }
        long[] after = words(pool);
        // The first result may be there; nothing else may have changed.
        System.arraycopy(before, 4 * DEGREE, after, 4 * DEGREE, DEGREE);
        assertThat(after).as(name).isEqualTo(before);
        pool = pool();
        result = card.run(part, pool, BEGINS, descriptors -> {}, lie -> {});
        assertThat(CoreStatus.of(result.status())).as("after " + name).contains(CoreStatus.OK);
        assertThat(words(pool)).as("after " + name).isEqualTo(right);
      }
    }
  }

  private LimbProgram program() {
    ProgramBuilder builder = LimbProgram.builder("three", ring);
    Segment a = builder.input("a", 2 * DEGREE);
    Segment d = builder.output("d", 3 * DEGREE);
    builder.ntt(0, d.at(0), a.at(0));
    builder.perm(1, d.at(DEGREE), a.at(DEGREE), 5);
    builder.copy(0, d.at(2 * DEGREE), a.at(0));
    return builder.build();
  }

  private long[] words() {
    SplittableRandom random = new SplittableRandom(SimulationProcess.SEED);
    long[] words = random.longs(LIMBS * DEGREE).toArray();
    for (int limb = 0; limb < 2; limb++) {
      for (int k = 0; k < DEGREE; k++) {
        words[(1 + limb) * DEGREE + k] = random.nextLong(ring.modulus(limb).value());
      }
    }
    return words;
  }

  private ByteBuffer pool() {
    ByteBuffer pool =
        ByteBuffer.allocateDirect(before.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    pool.asLongBuffer().put(before);
    return pool;
  }

  private static long[] words(ByteBuffer pool) {
    long[] words = new long[pool.capacity() / Long.BYTES];
    pool.asLongBuffer().get(words);
    return words;
  }

  private long[] interpreted() {
    try (JavaEngine java = new JavaEngine(ring, 1 << 24);
        LimbBuffer buffer = java.allocate(before.length)) {
      ByteBuffer pool = pool();
      java.upload(pool, buffer, 0);
      java.submit(
              program,
              List.of(
                  new LimbView(buffer, BEGINS[0], 2 * DEGREE),
                  new LimbView(buffer, BEGINS[1], 3 * DEGREE)))
          .await();
      java.download(buffer, 0, pool);
      return words(pool);
    }
  }
}
