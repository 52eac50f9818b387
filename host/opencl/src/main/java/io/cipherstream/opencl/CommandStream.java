package io.cipherstream.opencl;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jocl.cl_command_queue;
import org.jspecify.annotations.Nullable;

/**
 * An in-order OpenCL queue and the thread that waits for its commands one after the other, so that
 * no caller blocks inside the OpenCL library.
 */
final class CommandStream {

  private final cl_command_queue queue;
  private final Thread thread;
  private final BlockingQueue<@Nullable Message> messages = new LinkedBlockingQueue<>();
  private int unfinished;

  /** A command to wait for, or null for the end. */
  private record Message(@Nullable DeviceCommand command) {}

  /**
   * @param waiter waits for a command's events and ends it
   */
  CommandStream(String name, cl_command_queue queue, Consumer<DeviceCommand> waiter) {
    this.queue = queue;
    this.thread = new Thread(() -> run(waiter), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Consumer<DeviceCommand> waiter) {
    while (true) {
      try {
        DeviceCommand command = messages.take().command();
        if (command == null) {
          return;
        }
        waiter.accept(command);
      } catch (InterruptedException e) {
        // Only a debugger interrupts this thread; the end arrives as a message.
      }
    }
  }

  cl_command_queue queue() {
    return queue;
  }

  /** Queues a command whose events are all enqueued. */
  void await(DeviceCommand command) {
    messages.add(new Message(command));
  }

  /** Commands enqueued but not ended; guarded by the engine's lock. */
  int unfinished() {
    return unfinished;
  }

  void begun() {
    unfinished++;
  }

  void ended() {
    unfinished--;
  }

  /** Ends the thread after its commands; returns whether it ended in time. */
  boolean close(long millisMax) {
    messages.add(new Message(null));
    boolean interrupted = false;
    long end = System.nanoTime() + millisMax * 1_000_000;
    while (thread.isAlive()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      try {
        thread.join(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
