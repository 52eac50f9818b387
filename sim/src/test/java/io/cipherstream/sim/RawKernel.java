package io.cipherstream.sim;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

/** A kernel of a simulated card through OpenCL alone. Every failing call throws. */
public final class RawKernel implements AutoCloseable {

  private final cl_context context;
  private final cl_command_queue queue;
  private final cl_program program;
  private final cl_kernel kernel;

  /**
   * @param image the bytes of a device image
   * @param name of its kernel
   */
  public RawKernel(byte[] image, String name) {
    CL.setExceptionsEnabled(true);
    cl_platform_id platform = platform("Cipherstream Simulation");
    cl_device_id[] device = new cl_device_id[1];
    CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ACCELERATOR, 1, device, null);
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    context = CL.clCreateContext(properties, 1, device, null, null, null);
    queue = CL.clCreateCommandQueue(context, device[0], 0, null);
    program =
        CL.clCreateProgramWithBinary(
            context, 1, device, new long[] {image.length}, new byte[][] {image}, null, null);
    CL.clBuildProgram(program, 1, device, null, null, null);
    kernel = CL.clCreateKernel(program, name, null);
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
    return new String(text, 0, (int) bytes[0] - 1, StandardCharsets.UTF_8);
  }

  /**
   * Runs the kernel once.
   *
   * @param buffers contents of the arguments that are buffers, which come first; replaced by what
   *     the kernel leaves in them
   * @param counts the arguments of 32 bits behind them
   * @param lines the last argument, of 64 bits
   */
  public void run(ByteBuffer[] buffers, int[] counts, long lines) {
    cl_mem[] memories = Arrays.stream(buffers).map(this::memory).toArray(cl_mem[]::new);
    try {
      int index = 0;
      for (cl_mem memory : memories) {
        CL.clSetKernelArg(kernel, index++, Sizeof.cl_mem, Pointer.to(memory));
      }
      for (int count : counts) {
        CL.clSetKernelArg(kernel, index++, Sizeof.cl_int, Pointer.to(new int[] {count}));
      }
      CL.clSetKernelArg(kernel, index, Sizeof.cl_long, Pointer.to(new long[] {lines}));
      CL.clEnqueueNDRangeKernel(
          queue, kernel, 1, null, new long[] {1}, new long[] {1}, 0, null, null);
      for (int i = 0; i < buffers.length; i++) {
        CL.clEnqueueReadBuffer(
            queue,
            memories[i],
            true,
            0,
            buffers[i].capacity(),
            Pointer.to(buffers[i]),
            0,
            null,
            null);
      }
    } finally {
      for (cl_mem memory : memories) {
        CL.clReleaseMemObject(memory);
      }
    }
  }

  private cl_mem memory(ByteBuffer words) {
    return CL.clCreateBuffer(
        context,
        CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR,
        words.capacity(),
        Pointer.to(words),
        null);
  }

  @Override
  public void close() {
    CL.clReleaseKernel(kernel);
    CL.clReleaseProgram(program);
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }
}
