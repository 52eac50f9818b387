package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.ProgramResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's only lock, its state (open, lost, closed) and the commands under way. Some methods
 * require the lock; their comments say so.
 */
final class CommandTracker {

  private static final Logger LOG = LoggerFactory.getLogger(CommandTracker.class);

  /** Interval at which waiters check whether the device has exceeded the patience. */
  private static final long POLL_NANOS = 250_000_000;

  private final String name;
  private final ClCalls calls;
  private final long patienceNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<DeviceCommand> underWay = new LinkedHashSet<>();
  private long lastProgress = System.nanoTime();
  private @Nullable EngineException lost;
  private boolean hangs;
  private boolean closing;

  CommandTracker(String name, ClCalls calls, Duration patience) {
    this.name = name;
    this.calls = calls;
    this.patienceNanos = patience.toNanos();
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /**
   * Lock held.
   *
   * @throws IllegalStateException if the engine is closed
   * @throws EngineException of kind DEVICE if the device is lost
   */
  void ensureUsable() {
    if (closing) {
      throw new IllegalStateException("engine " + name + " is closed");
    }
    if (lost != null) {
      throw lostAgain(lost);
    }
  }

  private EngineException lostAgain(EngineException cause) {
    return new EngineException(
        EngineException.Kind.DEVICE,
        "the device of engine " + name + " is lost: " + cause.getMessage() + "; open a new engine",
        cause);
  }

  /** Whether commands are under way. Lock held. */
  boolean busy() {
    return !underWay.isEmpty();
  }

  /**
   * True if more than the engine's patience has elapsed since {@code begin}, a value of {@link
   * System#nanoTime}.
   */
  boolean isPastPatience(long begin) {
    return System.nanoTime() - begin > patienceNanos;
  }

  /** Puts OpenCL commands into a stream's queue and their events into the command. */
  interface Enqueue {
    void to(DeviceCommand command, cl_event[] waits);
  }

  /** Enqueues a command after others; if that fails, the device is lost. Lock held. */
  void start(DeviceCommand command, Set<DeviceCommand> waits, Enqueue enqueue) {
    begin(command);
    command.after(waits);
    cl_event[] events = waits.stream().map(DeviceCommand::last).toArray(cl_event[]::new);
    try {
      enqueue.to(command, events);
      calls.flush(command.stream().queue());
    } catch (RuntimeException | Error e) {
      EngineException failure = failure("starting a command", e);
      lose(failure);
      if (command.events().isEmpty()) {
        end(command);
      } else {
        command.stream().await(command);
      }
      throw failure;
    }
    command.stream().await(command);
  }

  /** Registers a command that starts. Lock held. */
  private void begin(DeviceCommand command) {
    if (underWay.isEmpty()) {
      lastProgress = System.nanoTime();
    }
    underWay.add(command);
    command.stream().begun();
  }

  private void end(DeviceCommand command) {
    underWay.remove(command);
    command.stream().ended();
    lastProgress = System.nanoTime();
    changed.signalAll();
    command.end(calls);
  }

  /** The device failed: everything under way fails. Lock held. */
  void lose(EngineException cause) {
    if (lost == null) {
      lost = cause;
      LOG.error("engine {}: device lost: {}", name, cause.getMessage());
    }
    underWay.forEach(c -> c.fail(lostAgain(cause)));
    changed.signalAll();
  }

  /** Waits for a command's events and ends it; on its stream's thread, lock not held. */
  void waitFor(DeviceCommand command) {
    EngineException failure = null;
    ProgramResult result = null;
    try {
      command.await(calls);
      result = command.result(calls);
    } catch (EngineException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = failure("waiting for the device", e);
    }
    lock();
    try {
      // Its events may be over before another thread has seen that what it waited for failed.
      while (failure == null && lost == null && !command.isNext()) {
        changed.awaitUninterruptibly();
      }
      if (failure != null) {
        lose(failure);
      }
      end(command);
    } catch (RuntimeException | Error e) {
      underWay.add(command);
      lose(failure("the end of a command", e));
    } finally {
      unlock();
    }
    command.complete(result);
  }

  /** Turns an unexpected error into a failure of the device, so that nothing waits forever. */
  static EngineException failure(String doing, Throwable cause) {
    return cause instanceof EngineException e
        ? e
        : new EngineException(EngineException.Kind.DEVICE, doing + " failed: " + cause, cause);
  }

  /**
   * Waits until the state changes. Lock held.
   *
   * @throws EngineException of kind DEVICE if the device is lost, UNAVAILABLE if interrupted
   */
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  void awaitChange() {
    try {
      if (changed.awaitNanos(POLL_NANOS) <= 0) {
        losePatience();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    ensureUsable();
  }

  /**
   * Waits for a change, but at most for {@link #POLL_NANOS}. An interruption does not end the wait;
   * the thread stays interrupted.
   */
  private void awaitChangeBriefly() {
    long end = System.nanoTime() + POLL_NANOS;
    boolean interrupted = false;
    try {
      for (long left = POLL_NANOS; left > 0; left = end - System.nanoTime()) {
        try {
          if (changed.awaitNanos(left) > 0) {
            return;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      losePatience();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private EngineException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new EngineException(
        EngineException.Kind.UNAVAILABLE,
        "interrupted while waiting for engine " + name + "; its programs continue",
        e);
  }

  private void losePatience() {
    if (underWay.isEmpty()) {
      return;
    }
    long limit = patienceNanos;
    String longest = "";
    Set<CommandStream> seen = new HashSet<>();
    for (DeviceCommand command : underWay) {
      // Only the first command of a queue can be running.
      if (seen.add(command.stream()) && patienceNanos + command.allowanceNanos() > limit) {
        limit = patienceNanos + command.allowanceNanos();
        longest = ", the time that " + command.what() + " may take";
      }
    }
    if (System.nanoTime() - lastProgress > limit) {
      hangs = true;
      lose(
          new EngineException(
              EngineException.Kind.DEVICE,
              "no command finished for " + Duration.ofNanos(limit) + longest));
    }
  }

  /**
   * Waits for a transfer, interrupted or not. Lock not held. If the device is lost, this returns
   * only when the driver is done with the transfer's memory, which its owner may then free, or, if
   * nothing finishes any more, after the engine's patience.
   */
  void awaitTransfer(DeviceCommand command) {
    try {
      await(command, false);
    } catch (EngineException e) {
      lock();
      try {
        while (!command.finished() && !hangs) {
          awaitChangeBriefly();
        }
      } finally {
        unlock();
      }
      throw e;
    }
  }

  /** Waits for a command, interrupted or not. Lock not held. */
  @Nullable ProgramResult await(DeviceCommand command, boolean interruptible) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return command.future().get(POLL_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          lock();
          try {
            losePatience();
          } finally {
            unlock();
          }
        } catch (InterruptedException e) {
          if (interruptible) {
            throw interrupted(e);
          }
          interrupted = true;
        } catch (ExecutionException e) {
          throw withOwnStack(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The failure with the waiting thread's own stack. */
  private static EngineException withOwnStack(ExecutionException failure) {
    return failure.getCause() instanceof EngineException e
        ? new EngineException(e.kind(), String.valueOf(e.getMessage()), e)
        : new EngineException(EngineException.Kind.DEVICE, "a command failed", failure);
  }

  /**
   * Refuses new commands and waits for those under way, or until the device is lost. Returns
   * whether this call closed it.
   */
  boolean close() {
    lock();
    try {
      if (closing) {
        return false;
      }
      closing = true;
      changed.signalAll();
      boolean interrupted = false;
      while (!underWay.isEmpty() && lost == null) {
        try {
          if (changed.awaitNanos(POLL_NANOS) <= 0) {
            losePatience();
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return true;
    } finally {
      unlock();
    }
  }
}
