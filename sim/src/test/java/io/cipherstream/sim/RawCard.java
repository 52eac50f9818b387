package io.cipherstream.sim;

import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreTables;
import io.cipherstream.opencl.image.DeviceImage;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * A simulated card through OpenCL alone, without an engine that would check what it is given. Every
 * failing call throws.
 */
final class RawCard implements AutoCloseable {

  private final DeviceImage image;
  private final LimbRing ring;
  private final cl_context context;
  private final cl_command_queue queue;
  private final cl_program program;
  private final cl_kernel kernel;

  RawCard(DeviceImage image, LimbRing ring) {
    CL.setExceptionsEnabled(true);
    this.image = image;
    this.ring = ring;
    cl_platform_id platform = platform("Cipherstream Simulation");
    cl_device_id[] device = new cl_device_id[1];
    CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ACCELERATOR, 1, device, null);
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    context = CL.clCreateContext(properties, 1, device, null, null, null);
    queue = CL.clCreateCommandQueue(context, device[0], 0, null);
    byte[] bytes = image.bytes();
    program =
        CL.clCreateProgramWithBinary(
            context, 1, device, new long[] {bytes.length}, new byte[][] {bytes}, null, null);
    CL.clBuildProgram(program, 1, device, null, null, null);
    kernel = CL.clCreateKernel(program, image.manifest().kernel(), null);
  }

  private static cl_platform_id platform(String name) {
    int[] count = new int[1];
    CL.clGetPlatformIDs(0, null, count);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    CL.clGetPlatformIDs(count[0], platforms, null);
    return Arrays.stream(platforms)
        .filter(p -> name(p).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no platform " + name + "; see sim/build.sh"));
  }

  private static String name(cl_platform_id platform) {
    byte[] text = new byte[256];
    long[] bytes = new long[1];
    CL.clGetPlatformInfo(platform, CL.CL_PLATFORM_NAME, text.length, Pointer.to(text), bytes);
    return new String(text, 0, (int) bytes[0] - 1, java.nio.charset.StandardCharsets.UTF_8);
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
    cl_mem[] memories = {
      memory(descriptors),
      memory(segments),
      memory(CoreTables.of(ring, part.moduli(), image.manifest().montgomeryBits())),
      memory(pool),
      memory(result)
    };
    try {
      int index = 0;
      for (cl_mem memory : memories) {
        CL.clSetKernelArg(kernel, index++, Sizeof.cl_mem, Pointer.to(memory));
      }
      for (int value :
          new int[] {part.count(), part.entries().size(), part.moduli().size(), said.degreeBits}) {
        CL.clSetKernelArg(kernel, index++, Sizeof.cl_int, Pointer.to(new int[] {value}));
      }
      CL.clSetKernelArg(kernel, index, Sizeof.cl_long, Pointer.to(new long[] {said.poolLines}));
      CL.clEnqueueNDRangeKernel(
          queue, kernel, 1, null, new long[] {1}, new long[] {1}, 0, null, null);
      read(memories[3], pool);
      read(memories[4], result);
    } finally {
      for (cl_mem memory : memories) {
        CL.clReleaseMemObject(memory);
      }
    }
    return CoreResult.of(result);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private cl_mem memory(ByteBuffer words) {
    return CL.clCreateBuffer(
        context,
        CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR,
        words.capacity(),
        Pointer.to(words),
        null);
  }

  private void read(cl_mem memory, ByteBuffer to) {
    CL.clEnqueueReadBuffer(queue, memory, true, 0, to.capacity(), Pointer.to(to), 0, null, null);
  }

  @Override
  public void close() {
    CL.clReleaseKernel(kernel);
    CL.clReleaseProgram(program);
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }
}
