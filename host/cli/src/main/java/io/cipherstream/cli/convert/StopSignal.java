package io.cipherstream.cli.convert;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Turns Ctrl-C and SIGTERM into a flag that a long computation polls. The process ends when {@link
 * #close} is called, or after a while.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {

  /** Longest wait for a checkpoint. */
  private static final long PATIENCE_SECONDS = 180;

  private final AtomicBoolean asked = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private final PrintStream err;
  private final Thread hook = new Thread(this::ask, "stop-and-keep-a-checkpoint");

  StopSignal(PrintStream err) {
    this.err = err;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void ask() {
    asked.set(true);
    err.println();
    err.println("cipherstream: stopping at the next step, with a checkpoint");
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        err.println("cipherstream: no step ended in time; the last checkpoint is kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean getAsBoolean() {
    return asked.get();
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is shutting down and runs the hook itself.
    }
  }
}
