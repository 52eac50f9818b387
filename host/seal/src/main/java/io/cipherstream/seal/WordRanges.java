package io.cipherstream.seal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Work on ranges of words that do not depend on each other, on the calling thread and on threads of
 * a pool. The calling thread alone can finish everything, so that a pool without a free thread
 * delays nothing but this; {@link #run} returns only when no thread works on a range any more.
 */
final class WordRanges {

  /** Ranges a thread: the last one to finish makes the others wait. */
  private static final int RANGES_A_THREAD = 4;

  /** Words [from, to). */
  interface Work {
    void run(long from, long to);
  }

  private final long words;
  private final long step;
  private final Work work;
  private long next;
  private int running;
  private @Nullable RuntimeException failure;

  private WordRanges(long words, long step, Work work) {
    this.words = words;
    this.step = step;
    this.work = work;
  }

  /**
   * @param unit ranges are multiples of it, as the words are
   * @param width threads that may take part, the caller included
   */
  static void run(long words, long unit, @Nullable ExecutorService workers, int width, Work work) {
    int threads = workers == null ? 1 : Math.max(1, width);
    long ranges = threads == 1 ? 1 : (long) threads * RANGES_A_THREAD;
    long step = (words / unit + ranges - 1) / ranges * unit;
    WordRanges shared = new WordRanges(words, step, work);
    for (int i = 1; workers != null && i < threads; i++) {
      try {
        workers.execute(shared::help);
      } catch (RejectedExecutionException e) {
        break;
      }
    }
    shared.help();
    shared.await();
  }

  private void help() {
    for (long from = begin(); from >= 0; from = begin()) {
      RuntimeException thrown = null;
      try {
        work.run(from, Math.min(words, from + step));
      } catch (RuntimeException e) {
        thrown = e;
      }
      end(thrown);
    }
  }

  private synchronized long begin() {
    if (next >= words || failure != null) {
      return -1;
    }
    long from = next;
    next += step;
    running++;
    return from;
  }

  private synchronized void end(@Nullable RuntimeException thrown) {
    running--;
    failure = failure == null ? thrown : failure;
    notifyAll();
  }

  private synchronized void await() {
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
