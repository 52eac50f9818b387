package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native objects of an engine: context, streams, memory pool, and those of its code. */
final class DeviceSession {

  /** Longest wait of close for a command of a lost device: the patience, within these limits. */
  private static final long THREAD_MILLIS_MIN = 2_000;

  private static final long THREAD_MILLIS_MAX = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(DeviceSession.class);

  private static final int WAITING_STREAMS = 3;

  /** A pool of the default size is not reduced below this. */
  private static final long POOL_BYTES_MIN = 128 << 20;

  private final ClCalls calls;
  private final long threadMillisMax;
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private final List<CommandStream> lanes = new ArrayList<>();
  private final List<CommandStream> waiting = new ArrayList<>();
  private final CommandStream up;
  private final CommandStream down;
  private final cl_context context;
  private final ClDiscovery.Found found;
  private final OpenClDevice device;
  private final Consumer<DeviceCommand> waiter;
  private @Nullable cl_mem pool;
  private long poolBytes;

  /**
   * Opens context and streams for transfers; the device's code, the queues for programs and the
   * pool follow.
   *
   * @param waiter waits for a command's events and ends it
   * @throws EngineException of kind UNAVAILABLE if the device does not exist; nothing is left
   *     behind
   */
  DeviceSession(
      ClCalls calls, OpenClDevice device, OpenClOptions options, Consumer<DeviceCommand> waiter) {
    this.calls = calls;
    this.device = device;
    this.waiter = waiter;
    this.threadMillisMax =
        Math.max(THREAD_MILLIS_MIN, Math.min(THREAD_MILLIS_MAX, options.patience().toMillis()));
    this.found = OpenClPlatforms.find(device);
    try {
      cl_context made = calls.createContext(found.platform(), found.id());
      releases.push(() -> calls.release(made));
      context = made;
      up = stream("opencl-upload", waiter);
      down = stream("opencl-download", waiter);
      for (int i = 0; i < WAITING_STREAMS; i++) {
        waiting.add(stream("opencl-waiting-transfer-" + i, waiter));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Opens the queues for programs. */
  void openLanes(int count) {
    for (int i = 0; i < count; i++) {
      lanes.add(stream("opencl-programs-" + i, waiter));
    }
  }

  /**
   * Allocates the memory pool. A default size is halved until it fits.
   *
   * @throws EngineException of kind MEMORY if the device has too little
   */
  void openPool(OpenClOptions options) {
    ByteBuffer word = ByteBuffer.allocateDirect(Long.BYTES);
    long bytes = poolBytes(device, options);
    while (pool == null) {
      try {
        pool = memory(CL.CL_MEM_READ_WRITE, word, bytes, "memory pool");
      } catch (EngineException e) {
        if (options.memoryBytesMax() > 0 || bytes / 2 < POOL_BYTES_MIN) {
          throw e;
        }
        LOG.warn("{}; trying half of it", e.getMessage());
        bytes /= 2;
      }
    }
    poolBytes = bytes;
  }

  private static long poolBytes(OpenClDevice device, OpenClOptions options) {
    long most = Math.min(device.allocationBytesMax(), device.memoryBytes());
    if (options.memoryBytesMax() > most) {
      throw new EngineException(
          EngineException.Kind.MEMORY,
          "a memory pool of "
              + options.memoryBytesMax()
              + " bytes on "
              + device
              + ": it allows "
              + most
              + " bytes in one allocation; ask for less");
    }
    if (options.memoryBytesMax() > 0) {
      return options.memoryBytesMax();
    }
    long share = Math.min(device.allocationBytesMax(), device.memoryBytes() / 2);
    return device.type() == OpenClDevice.Type.GPU || device.type() == OpenClDevice.Type.ACCELERATOR
        ? share
        : Math.min(share, OpenClOptions.CPU_POOL_BYTES);
  }

  private CommandStream stream(String name, Consumer<DeviceCommand> waiter) {
    cl_command_queue queue = calls.createQueue(context, found.id());
    releases.push(() -> calls.release(queue));
    CommandStream stream = new CommandStream(name, queue, waiter);
    releases.push(() -> stream.close(threadMillisMax));
    return stream;
  }

  /**
   * Memory initialised with some words; drivers may allocate it only when these are copied.
   * Released with the session.
   *
   * @throws EngineException of kind MEMORY if there is too little
   */
  cl_mem memory(long flags, ByteBuffer begin, long bytes, String what) {
    try {
      cl_mem memory = calls.createBuffer(context, flags, bytes);
      try {
        cl_event event = calls.write(up.queue(), memory, 0, begin, new cl_event[0]);
        try {
          calls.await(new cl_event[] {event}, what);
        } finally {
          calls.release(event);
        }
      } catch (RuntimeException | Error e) {
        calls.release(memory);
        throw e;
      }
      releases.push(() -> calls.release(memory));
      return memory;
    } catch (EngineException e) {
      throw tooLittle(bytes, what, e);
    }
  }

  private EngineException tooLittle(long bytes, String what, EngineException cause) {
    return new EngineException(
        EngineException.Kind.MEMORY,
        device
            + " has no room for the "
            + what
            + " of "
            + bytes
            + " bytes; it has "
            + device.memoryBytes()
            + " bytes in all, which others may use too: ask for a smaller pool: "
            + cause.getMessage(),
        cause);
  }

  List<CommandStream> lanes() {
    return lanes;
  }

  CommandStream up() {
    return up;
  }

  CommandStream down() {
    return down;
  }

  /** Stream for a transfer that has to wait, so that no other transfer waits behind it. */
  List<CommandStream> waiting() {
    return waiting;
  }

  cl_mem pool() {
    return Objects.requireNonNull(pool, "the pool is open");
  }

  long poolBytes() {
    return poolBytes;
  }

  cl_context context() {
    return context;
  }

  cl_device_id deviceId() {
    return found.id();
  }

  OpenClDevice device() {
    return device;
  }

  /** Registers an object to be released with the session, before all registered earlier. */
  void onClose(Runnable release) {
    releases.push(release);
  }

  /** Ends the threads; false if one hangs in the driver, in which case nothing may be released. */
  boolean endThreads() {
    boolean ended = true;
    for (CommandStream lane : lanes) {
      ended &= lane.close(threadMillisMax);
    }
    for (CommandStream stream : waiting) {
      ended &= stream.close(threadMillisMax);
    }
    return ended & up.close(threadMillisMax) & down.close(threadMillisMax);
  }

  /** Releases everything, newest first. */
  void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
