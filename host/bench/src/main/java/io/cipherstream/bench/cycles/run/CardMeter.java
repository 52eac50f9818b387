package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.ClusterTiming;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreListener;
import io.cipherstream.opencl.image.CoreRun;
import io.cipherstream.opencl.image.ImageManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Adds up what a card's cores do, and tells of it every second. Safe for concurrent use. */
public final class CardMeter implements CoreListener {

  /** Cycles to the answer of a simulated card's memory, unless its environment says otherwise. */
  public static final int MEMORY_LATENCY = SimulationSettings.LATENCY_DEFAULT;

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
  private final List<CoreJob> jobs = new ArrayList<>();
  private long bound;

  @Override
  public synchronized void finished(CoreRun run) {
    total = total.plus(run);
    bound += run.bound();
    jobs.addAll(run.jobs());
    cyclesByUnit.merge(run.unit(), run.work().cycles(), Long::sum);
  }

  public synchronized CoreActivity total() {
    return total;
  }

  /** Cycles of the unit that had most. */
  public synchronized long busiestUnitCycles() {
    return cyclesByUnit.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /**
   * What the model of one cluster predicts for everything so far.
   *
   * @param card whose cluster it is
   * @param memoryLatency cycles to the answer of its memory
   * @return empty if the card has several clusters
   */
  public OptionalDouble predictedCycles(ImageManifest card, int memoryLatency) {
    if (card.cluster().clusters() != 1) {
      return OptionalDouble.empty();
    }
    ClusterShape shape = card.cluster().shape(card.parameters(), memoryLatency);
    List<CoreJob> all;
    synchronized (this) {
      all = List.copyOf(jobs);
    }
    Map<CoreJob, Double> each = new HashMap<>();
    return OptionalDouble.of(
        all.stream()
            .mapToDouble(
                job ->
                    each.computeIfAbsent(job, j -> ClusterTiming.of(j.program(), shape).cycles()))
            .sum());
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
    if (a.cycles() == 0) {
      return "no cycles: the image has no clock";
    }
    return String.format(
        Locale.ROOT,
        "butterflies %.1f %%, products %.1f %% of the cycles; %,d operations",
        100.0 * a.butterflyRows() / a.cycles(),
        100.0 * a.productRows() / a.cycles(),
        a.work().operations());
  }
}
