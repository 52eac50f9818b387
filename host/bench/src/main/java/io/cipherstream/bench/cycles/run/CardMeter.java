package io.cipherstream.bench.cycles.run;

import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.CoreListener;
import io.cipherstream.opencl.image.CoreRun;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Adds up what a card's cores do, and tells of it every second. Safe for concurrent use. */
public final class CardMeter implements CoreListener {

  /** Hears every second how far the card is. */
  @FunctionalInterface
  public interface Listener {

    /**
     * @param step what goes on
     * @param done instructions so far
     * @param total instructions in all
     */
    void progress(String step, long done, long total);
  }

  private final Map<Integer, Long> cyclesByUnit = new HashMap<>();
  private CoreActivity total = CoreActivity.NONE;
  private long bound;

  @Override
  public synchronized void finished(CoreRun run) {
    total = total.plus(run);
    bound += run.bound();
    cyclesByUnit.merge(run.unit(), run.result().cycles(), Long::sum);
  }

  public synchronized CoreActivity total() {
    return total;
  }

  /** Cycles of the unit that had most. */
  public synchronized long busiestUnitCycles() {
    return cyclesByUnit.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /**
   * Tells of the progress until closed.
   *
   * @param instructions of everything that will run
   * @param boundAll least cycles of everything that will run, 0 if unknown
   */
  public ScheduledExecutorService watch(Listener listener, long instructions, long boundAll) {
    long started = System.nanoTime();
    ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "simulation-progress");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        ticker.scheduleAtFixedRate(
            () -> tell(listener, instructions, boundAll, (System.nanoTime() - started) / 1e9),
            1,
            1,
            TimeUnit.SECONDS);
    return ticker;
  }

  private synchronized void tell(
      Listener listener, long instructions, long boundAll, double seconds) {
    String left =
        bound == 0 || boundAll == 0
            ? "time left unknown"
            : String.format(
                Locale.ROOT, "about %.0f s left", seconds * Math.max(0, boundAll - bound) / bound);
    String step =
        String.format(
            Locale.ROOT,
            "simulated %,d cycles, %,.0f a second, %s; instructions",
            total.cycles(),
            total.cycles() / seconds,
            left);
    listener.progress(step, total.instructions(), instructions);
  }

  /** Shares of cycles in which the units worked. */
  public static String utilisation(CoreActivity a) {
    return a.cycles() == 0
        ? "no cycles: the image has no clock"
        : String.format(
            Locale.ROOT,
            "butterflies %.1f %%, vector unit %.1f %%, both %.1f %% of the cycles",
            100.0 * a.butterflyRows() / a.cycles(),
            100.0 * a.vectorBeats() / a.cycles(),
            100.0 * a.bothBusyCycles() / a.cycles());
  }
}
