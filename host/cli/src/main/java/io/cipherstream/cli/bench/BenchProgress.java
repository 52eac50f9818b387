package io.cipherstream.cli.bench;

import io.cipherstream.bench.run.BenchListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Reports on standard error what is being measured and how long the rest takes. On a terminal it
 * rewrites one line, elsewhere it adds a line every few seconds.
 */
final class BenchProgress implements BenchListener, AutoCloseable {

  private static final long FILE_NANOS = 5_000_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private long lastPrinted;
  private boolean lineOpen;

  static BenchProgress onStandardError() {
    return new BenchProgress(System.err, System.console() != null);
  }

  private BenchProgress(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public synchronized void begin(int number, int of, String what, Duration left) {
    String line =
        String.format(
            Locale.ROOT,
            "[%d/%d] %s; about %d:%02d left",
            number,
            of,
            what,
            left.toMinutes(),
            left.toSecondsPart());
    if (terminal) {
      err.print("\r\u001b[2K" + line);
      err.flush();
      lineOpen = true;
    } else if (lastPrinted == 0 || System.nanoTime() - lastPrinted >= FILE_NANOS) {
      lastPrinted = System.nanoTime();
      err.println(line);
    }
  }

  @Override
  public synchronized void note(String text) {
    clear();
    err.println(text);
  }

  @Override
  public synchronized void close() {
    clear();
  }

  private void clear() {
    if (lineOpen) {
      err.print("\r\u001b[2K");
      err.flush();
      lineOpen = false;
    }
  }
}
