package io.cipherstream.opencl;

import static io.cipherstream.opencl.ClStatus.check;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.EngineException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * The OpenCL calls of an engine, none newer than OpenCL 1.2, with typed errors and counts of native
 * objects. Every status goes through {@link #outcome}, where tests inject failures. For drills, the
 * system property {@value #FAIL_AFTER} makes the device of a running appliance fail after that many
 * kernel launches.
 */
class ClCalls {

  /** Name of the system property for drills. */
  static final String FAIL_AFTER = "cipherstream.opencl.failAfterLaunches";

  /** Native objects that have not been released. */
  record Live(long contexts, long queues, long memories, long programs, long kernels, long events) {
    static final Live NONE = new Live(0, 0, 0, 0, 0, 0);
  }

  private final AtomicLong contexts = new AtomicLong();
  private final AtomicLong queues = new AtomicLong();
  private final AtomicLong memories = new AtomicLong();
  private final AtomicLong programs = new AtomicLong();
  private final AtomicLong kernels = new AtomicLong();
  private final AtomicLong events = new AtomicLong();
  private final long launchesMax = Long.getLong(FAIL_AFTER, Long.MAX_VALUE);
  private final AtomicLong launches = new AtomicLong();

  /** The status that a call counts as having returned. */
  int outcome(String call, int status) {
    return status;
  }

  Live live() {
    return new Live(
        contexts.get(), queues.get(), memories.get(), programs.get(), kernels.get(), events.get());
  }

  cl_context createContext(cl_platform_id platform, cl_device_id device) {
    int[] status = new int[1];
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    cl_context context =
        CL.clCreateContext(properties, 1, new cl_device_id[] {device}, null, null, status);
    check(Kind.UNAVAILABLE, "clCreateContext", outcome("clCreateContext", status[0]));
    contexts.incrementAndGet();
    return context;
  }

  /** An in-order queue that measures times. */
  @SuppressWarnings("deprecation") // its successor is a null slot on platforms of OpenCL 1
  cl_command_queue createQueue(cl_context context, cl_device_id device) {
    int[] status = new int[1];
    cl_command_queue queue =
        CL.clCreateCommandQueue(context, device, CL.CL_QUEUE_PROFILING_ENABLE, status);
    check(Kind.UNAVAILABLE, "clCreateCommandQueue", outcome("clCreateCommandQueue", status[0]));
    queues.incrementAndGet();
    return queue;
  }

  /**
   * @throws EngineException of kind MEMORY
   */
  cl_mem createBuffer(cl_context context, long flags, long bytes) {
    int[] status = new int[1];
    cl_mem memory = CL.clCreateBuffer(context, flags, bytes, null, status);
    check(
        Kind.MEMORY, "clCreateBuffer of " + bytes + " bytes", outcome("clCreateBuffer", status[0]));
    memories.incrementAndGet();
    return memory;
  }

  /**
   * @throws EngineException of kind BUILD with the compiler's log
   */
  cl_program build(cl_context context, cl_device_id device, String source, String options) {
    int[] status = new int[1];
    cl_program program =
        CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, status);
    check(Kind.BUILD, "clCreateProgramWithSource", outcome("clCreateProgramWithSource", status[0]));
    programs.incrementAndGet();
    int built =
        outcome(
            "clBuildProgram",
            CL.clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null));
    if (!ClStatus.isSuccess(built)) {
      String log = log(program, device);
      release(program);
      throw new EngineException(
          Kind.BUILD,
          "kernels did not build with "
              + options
              + ": "
              + ClStatus.text(built)
              + "; the compiler says:\n"
              + log);
    }
    return program;
  }

  /**
   * A program from a device image. On a card this loads the image and thereby resets its cores.
   *
   * @throws EngineException of kind BUILD if the driver refuses the image, UNAVAILABLE if the card
   *     holds another
   */
  cl_program load(cl_context context, cl_device_id device, byte[] image, String what) {
    int[] status = new int[1];
    int[] binaryStatus = new int[1];
    cl_program program =
        CL.clCreateProgramWithBinary(
            context,
            1,
            new cl_device_id[] {device},
            new long[] {image.length},
            new byte[][] {image},
            binaryStatus,
            status);
    int outcome = outcome("clCreateProgramWithBinary", status[0]);
    if (!ClStatus.isSuccess(outcome)) {
      throw new EngineException(
          outcome == CL.CL_OUT_OF_RESOURCES ? Kind.UNAVAILABLE : Kind.BUILD,
          what
              + " was refused by the driver: "
              + ClStatus.text(outcome)
              + (binaryStatus[0] == outcome ? "" : ", image " + ClStatus.text(binaryStatus[0]))
              + (outcome == CL.CL_OUT_OF_RESOURCES
                  ? "; the card may hold another image: end the process that uses it"
                  : "; build it again for this card"));
    }
    programs.incrementAndGet();
    int built =
        outcome(
            "clBuildProgram",
            CL.clBuildProgram(program, 1, new cl_device_id[] {device}, "", null, null));
    if (!ClStatus.isSuccess(built)) {
      String log = log(program, device);
      release(program);
      throw new EngineException(
          Kind.BUILD,
          what + " did not load: " + ClStatus.text(built) + "; the driver says:\n" + log);
    }
    return program;
  }

  /** The compute units that the device has now: a card's, those of the image that it holds. */
  int computeUnits(cl_device_id device) {
    int[] units = new int[1];
    int status =
        CL.clGetDeviceInfo(
            device, CL.CL_DEVICE_MAX_COMPUTE_UNITS, Sizeof.cl_uint, Pointer.to(units), null);
    check(Kind.DEVICE, "clGetDeviceInfo", outcome("clGetDeviceInfo", status));
    return units[0];
  }

  private static String log(cl_program program, cl_device_id device) {
    long[] size = new long[1];
    CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] bytes = new byte[(int) Math.min(size[0], 1 << 20)];
    CL.clGetProgramBuildInfo(
        program, device, CL.CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  cl_kernel createKernel(cl_program program, String name) {
    int[] status = new int[1];
    cl_kernel kernel = CL.clCreateKernel(program, name, status);
    check(Kind.BUILD, "clCreateKernel " + name, outcome("clCreateKernel", status[0]));
    kernels.incrementAndGet();
    return kernel;
  }

  void setArgument(cl_kernel kernel, int index, cl_mem memory) {
    set(kernel, index, Sizeof.cl_mem, Pointer.to(memory));
  }

  void setArgument(cl_kernel kernel, int index, long value) {
    set(kernel, index, Sizeof.cl_ulong, Pointer.to(new long[] {value}));
  }

  void setArgument(cl_kernel kernel, int index, int value) {
    set(kernel, index, Sizeof.cl_uint, Pointer.to(new int[] {value}));
  }

  private void set(cl_kernel kernel, int index, long bytes, Pointer value) {
    int status = CL.clSetKernelArg(kernel, index, bytes, value);
    check(Kind.DEVICE, "clSetKernelArg", outcome("clSetKernelArg", status));
  }

  cl_event launch(cl_command_queue queue, cl_kernel kernel, long[] global, long[] local) {
    return launch(queue, kernel, global, local, new cl_event[0]);
  }

  cl_event launch(
      cl_command_queue queue, cl_kernel kernel, long[] global, long[] local, cl_event[] waits) {
    if (launches.incrementAndGet() > launchesMax) {
      throw new EngineException(
          Kind.DEVICE, "kernel launch " + launches.get() + ": failed as " + FAIL_AFTER + " asks");
    }
    cl_event event = new cl_event();
    int status =
        CL.clEnqueueNDRangeKernel(
            queue,
            kernel,
            global.length,
            null,
            global,
            local,
            waits.length,
            waits.length == 0 ? null : waits,
            event);
    return enqueued("clEnqueueNDRangeKernel", status, event);
  }

  /** Starts a copy of the remaining bytes of a direct buffer, which must live until it is done. */
  cl_event write(
      cl_command_queue queue, cl_mem memory, long at, ByteBuffer source, cl_event[] waits) {
    ByteBuffer bytes = source.slice();
    cl_event event = new cl_event();
    int status =
        CL.clEnqueueWriteBuffer(
            queue,
            memory,
            false,
            at,
            bytes.remaining(),
            Pointer.to(bytes),
            waits.length,
            waits.length == 0 ? null : waits,
            event);
    return enqueued("clEnqueueWriteBuffer", status, event);
  }

  /** Starts to fill the remaining bytes of a direct buffer, which must live until it is done. */
  cl_event read(
      cl_command_queue queue, cl_mem memory, long at, ByteBuffer target, cl_event[] waits) {
    ByteBuffer bytes = target.slice();
    cl_event event = new cl_event();
    int status =
        CL.clEnqueueReadBuffer(
            queue,
            memory,
            false,
            at,
            bytes.remaining(),
            Pointer.to(bytes),
            waits.length,
            waits.length == 0 ? null : waits,
            event);
    return enqueued("clEnqueueReadBuffer", status, event);
  }

  private cl_event enqueued(String call, int status, cl_event event) {
    if (ClStatus.isSuccess(status)) {
      events.incrementAndGet();
    }
    int outcome = outcome(call, status);
    if (ClStatus.isSuccess(status) && !ClStatus.isSuccess(outcome)) {
      release(event);
    }
    check(Kind.DEVICE, call, outcome);
    return event;
  }

  void flush(cl_command_queue queue) {
    check(Kind.DEVICE, "clFlush", outcome("clFlush", CL.clFlush(queue)));
  }

  /**
   * Blocks until all have finished.
   *
   * @param what their purpose, for the message
   * @throws EngineException of kind DEVICE if one failed
   */
  void await(cl_event[] awaited, String what) {
    int status = outcome("clWaitForEvents", CL.clWaitForEvents(awaited.length, awaited));
    if (!ClStatus.isSuccess(status)) {
      throw new EngineException(
          Kind.DEVICE, what + " failed on the device: " + ClStatus.text(failure(awaited, status)));
    }
  }

  /** The status with which the first failed command ended, or else that of the wait. */
  private static int failure(cl_event[] awaited, int ofWait) {
    for (cl_event event : awaited) {
      int[] status = new int[1];
      int asked =
          CL.clGetEventInfo(
              event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(status), null);
      if (asked == CL.CL_SUCCESS && status[0] < 0) {
        return status[0];
      }
    }
    return ofWait;
  }

  /** Duration of a finished command; 0 if the device does not report it. */
  long nanos(cl_event event) {
    long[] begin = new long[1];
    long[] end = new long[1];
    int status =
        CL.clGetEventProfilingInfo(
            event, CL.CL_PROFILING_COMMAND_START, Long.BYTES, Pointer.to(begin), null);
    status |=
        CL.clGetEventProfilingInfo(
            event, CL.CL_PROFILING_COMMAND_END, Long.BYTES, Pointer.to(end), null);
    return status == CL.CL_SUCCESS ? Math.max(0, end[0] - begin[0]) : 0;
  }

  void release(cl_event event) {
    events.addAndGet(CL.clReleaseEvent(event) == CL.CL_SUCCESS ? -1 : 0);
  }

  void release(cl_kernel kernel) {
    kernels.addAndGet(CL.clReleaseKernel(kernel) == CL.CL_SUCCESS ? -1 : 0);
  }

  void release(cl_program program) {
    programs.addAndGet(CL.clReleaseProgram(program) == CL.CL_SUCCESS ? -1 : 0);
  }

  void release(cl_mem memory) {
    memories.addAndGet(CL.clReleaseMemObject(memory) == CL.CL_SUCCESS ? -1 : 0);
  }

  void release(cl_command_queue queue) {
    queues.addAndGet(CL.clReleaseCommandQueue(queue) == CL.CL_SUCCESS ? -1 : 0);
  }

  void release(cl_context context) {
    contexts.addAndGet(CL.clReleaseContext(context) == CL.CL_SUCCESS ? -1 : 0);
  }
}
