package io.cipherstream.cli.base;

import io.cipherstream.client.ProgressListener;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Reports on standard error whatever takes longer than two seconds. On a terminal it rewrites one
 * line, elsewhere it adds a line every few seconds.
 */
public final class Progress implements ProgressListener, AutoCloseable {

  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long FILE_NANOS = 5_000_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final long started = System.nanoTime();
  private long lastPrinted;
  private boolean lineOpen;

  Progress(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  public static Progress onStandardError() {
    return new Progress(System.err, System.console() != null);
  }

  @Override
  public synchronized void progress(String step, long done, long total) {
    long now = System.nanoTime();
    long pause = terminal ? TERMINAL_NANOS : FILE_NANOS;
    if (now - started < QUIET_NANOS || (lastPrinted != 0 && now - lastPrinted < pause)) {
      return;
    }
    lastPrinted = now;
    String line =
        total > 0
            ? String.format(Locale.ROOT, "%s: %d of %d (%.0f s)", step, done, total, seconds(now))
            : String.format(
                Locale.ROOT, "%s%s (%.0f s)", step, done > 0 ? ": " + done : "", seconds(now));
    if (terminal) {
      err.print("\r\u001b[2K" + line);
      err.flush();
      lineOpen = true;
    } else {
      err.println(line);
    }
  }

  private double seconds(long now) {
    return (now - started) / 1e9;
  }

  @Override
  public synchronized void close() {
    if (lineOpen) {
      err.print("\r\u001b[2K");
      err.flush();
      lineOpen = false;
    }
  }
}
