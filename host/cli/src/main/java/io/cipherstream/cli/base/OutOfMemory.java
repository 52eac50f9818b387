package io.cipherstream.cli.base;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the command line at once when any thread runs out of memory, with one line that says what to
 * raise. Otherwise the JVM would lose a thread, and other threads would wait for it.
 */
public final class OutOfMemory {

  /** Environment variable that Java itself reads, both in the command line and in the appliance. */
  public static final String JAVA_OPTIONS = "JDK_JAVA_OPTIONS";

  /** Longest wait for shutdown hooks, such as that of an appliance of this call. */
  private static final long ORDERLY_END_SECONDS = 5;

  private static final int CAUSES_MAX = 20;
  private static final long GIB = 1L << 30;

  private static final long HEAP_BYTES_MAX = Runtime.getRuntime().maxMemory();
  private static final String HEAP_TEXT =
      "out of memory: the Java heap of "
          + Units.bytes(HEAP_BYTES_MAX)
          + " is full; give it more: "
          + JAVA_OPTIONS
          + "=-Xmx"
          + more(HEAP_BYTES_MAX);

  /** Allocated before memory is short. */
  private static final byte[] HEAP_LINE =
      ("cipherstream: " + HEAP_TEXT + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);

  private static final CountDownLatch ENDING = new CountDownLatch(1);

  private OutOfMemory() {}

  /** Watches all threads. */
  public static void install() {
    Thread end = new Thread(OutOfMemory::haltAtLast, "out-of-memory");
    end.setDaemon(true);
    end.start();
    Thread.UncaughtExceptionHandler before =
        (thread, failure) -> {
          System.err.print("Exception in thread \"" + thread.getName() + "\" ");
          failure.printStackTrace();
        };
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          if (ranOut(failure)) {
            end(failure);
          } else {
            before.uncaughtException(thread, failure);
          }
        });
  }

  /** Whether the failure or one of its causes is a lack of memory. */
  public static boolean ranOut(Throwable failure) {
    return cause(failure) != null;
  }

  /** One line for the user, if memory ran out. */
  static Optional<String> describe(Throwable failure) {
    OutOfMemoryError error = cause(failure);
    return error == null ? Optional.empty() : Optional.of(text(error));
  }

  /** Says what to raise and ends the process with status 1. */
  public static void end(Throwable failure) {
    ENDING.countDown();
    try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
      OutOfMemoryError error = cause(failure);
      if (error == null || isOfHeap(error)) {
        err.write(HEAP_LINE);
      } else {
        err.write(("cipherstream: " + text(error) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException | OutOfMemoryError e) {
      // There is no memory for a message; the status must suffice.
    }
    System.exit(ExitCodes.FAILURE);
  }

  /** Shutdown hooks can fail for the same reason, or wait for a thread that has died. */
  private static void haltAtLast() {
    try {
      ENDING.await();
      TimeUnit.SECONDS.sleep(ORDERLY_END_SECONDS);
    } catch (InterruptedException e) {
      return;
    }
    Runtime.getRuntime().halt(ExitCodes.FAILURE);
  }

  private static @Nullable OutOfMemoryError cause(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; i < CAUSES_MAX && at != null; i++) {
      if (at instanceof OutOfMemoryError error) {
        return error;
      }
      at = at.getCause();
    }
    return null;
  }

  private static boolean isOfHeap(OutOfMemoryError error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("Java heap")
        || message.contains("GC overhead")
        || message.contains("array size")
        || message.equals("null");
  }

  private static String text(OutOfMemoryError error) {
    if (isOfHeap(error)) {
      return HEAP_TEXT;
    }
    String message = String.valueOf(error.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("direct")) {
      return "out of memory outside the Java heap ("
          + message
          + "); allow more: "
          + JAVA_OPTIONS
          + "=-XX:MaxDirectMemorySize="
          + more(HEAP_BYTES_MAX);
    }
    if (lower.contains("thread")) {
      return "no more threads (" + message + "); raise the user's limit: ulimit -u";
    }
    return "out of memory (" + message + "); close other programs or use a larger machine";
  }

  /** Twice as much, in whole GiB. */
  private static String more(long bytes) {
    return Math.max(1, (2 * bytes + GIB - 1) / GIB) + "g";
  }
}
