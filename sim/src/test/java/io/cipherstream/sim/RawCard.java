package io.cipherstream.sim;

import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A simulated card through OpenCL alone, without an engine that would check what it is given. Every
 * failing call throws.
 */
final class RawCard implements AutoCloseable {

  private final DeviceImage image;
  private final LimbRing ring;
  private final RawKernel kernel;

  RawCard(DeviceImage image, LimbRing ring) {
    this.image = image;
    this.ring = ring;
    kernel = new RawKernel(image.bytes(), image.manifest().kernel());
  }

  /** What the host says that could be wrong. */
  static final class Lie {
    int degreeBits;
    long poolLines;
  }

  /**
   * Runs a part of a program, its descriptors damaged, on a pool that is copied to the card and
   * back.
   *
   * @param begins word of the pool at which each segment begins
   * @param damage changes the descriptors
   * @param lie changes arguments
   */
  CoreResult run(
      CorePart part,
      ByteBuffer pool,
      long[] begins,
      Consumer<ByteBuffer> damage,
      Consumer<Lie> lie) {
    ByteBuffer descriptors = direct(part.count() * DescriptorLayout.BYTES);
    descriptors.put(0, part.descriptors(), part.descriptors().position(), descriptors.capacity());
    damage.accept(descriptors);
    ByteBuffer segments = direct(part.segmentTableBytes());
    part.putSegmentTable(segments, begins);
    ByteBuffer result = direct(CoreResult.BYTES);
    CoreResult.erase(result);
    Lie said = new Lie();
    said.degreeBits = ring.degreeBits();
    said.poolLines = pool.capacity() / (Long.BYTES * DescriptorLayout.LINE_WORDS);
    lie.accept(said);
    ByteBuffer tables = CoreTables.of(ring, part.moduli(), image.manifest().montgomeryBits());
    kernel.run(
        new ByteBuffer[] {descriptors, segments, tables, pool, result},
        new int[] {part.count(), part.entries().size(), part.moduli().size(), said.degreeBits},
        said.poolLines);
    return CoreResult.of(result);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    kernel.close();
  }
}
