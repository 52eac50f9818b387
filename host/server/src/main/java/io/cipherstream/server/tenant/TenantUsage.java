package io.cipherstream.server.tenant;

import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what each tenant uses: as metrics, in a file a month, and against its daily quotas. The
 * files are written by {@link #store}; what was counted after the last call is lost when the
 * process is killed. Thread-safe.
 */
public final class TenantUsage {

  private final Quotas quotas;
  private final ServerMetrics metrics;
  private final InstantSource clock;
  private final UsageFiles files;
  private final SortedMap<YearMonth, SortedMap<String, SortedMap<LocalDate, Used>>> months =
      new TreeMap<>();
  private boolean changed;

  /**
   * @param folder for the files; the current month's is read
   */
  public TenantUsage(Path folder, Quotas quotas, ServerMetrics metrics, InstantSource clock)
      throws IOException {
    this.quotas = quotas;
    this.metrics = metrics;
    this.clock = clock;
    this.files = new UsageFiles(folder);
    YearMonth now = YearMonth.from(today());
    months.put(now, files.read(now));
  }

  /** A session was made. */
  public void session(String tenant) {
    add(tenant, new Used(1, 0, 0, 0, 0, 0, 0));
    metrics.tenantSession(tenant);
  }

  /** A key was received. */
  public void key(String tenant, long bytes) {
    add(tenant, new Used(0, bytes, 0, 0, 0, 0, 0));
    metrics.tenantKeyBytes(tenant, bytes);
  }

  /**
   * Checks that the tenant may begin one more inference today. Those that are checked at one time
   * may together go beyond its quota by their number.
   *
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if its day is used up
   */
  public synchronized void requireRest(String tenant) {
    Quota quota = quotas.of(tenant);
    Used used = today(tenant);
    within(
        used.inferences() + 1,
        quota.inferencesPerDay(),
        "inferences",
        "inferencesPerTenantPerDayMax");
    within(
        used.computeMillis() / 1000 + 1,
        quota.computeSecondsPerDay(),
        "seconds of computing",
        "computeSecondsPerTenantPerDayMax");
  }

  /** An inference was begun. */
  public void begun(String tenant) {
    add(tenant, new Used(0, 0, 1, 0, 0, 0, 0));
  }

  /** An inference ended; the outcome is {@code ok}, {@code cancelled} or a problem's slug. */
  public void ended(String tenant, String outcome) {
    boolean answered = outcome.equals("ok");
    if (answered) {
      add(tenant, new Used(0, 0, 0, 1, 0, 0, 0));
    }
    metrics.tenantInference(tenant, answered);
  }

  /** A step of an inference took this long on the engine. */
  public void computed(String tenant, Duration time) {
    add(tenant, new Used(0, 0, 0, 0, time.toMillis(), 0, 0));
    metrics.tenantComputed(tenant, time);
  }

  /** A ciphertext came in or went out. */
  public void wire(String tenant, long bytesIn, long bytesOut) {
    add(tenant, new Used(0, 0, 0, 0, 0, bytesIn, bytesOut));
    metrics.tenantWire(tenant, bytesIn, bytesOut);
  }

  /** Writes what has changed. Blocks; what is counted meanwhile does not wait for the disk. */
  public void store() throws IOException {
    synchronized (files) {
      SortedMap<YearMonth, byte[]> contents = contents();
      if (contents.isEmpty()) {
        return;
      }
      try {
        for (YearMonth month : contents.keySet()) {
          files.write(month, contents.get(month));
        }
      } catch (IOException e) {
        notStored();
        throw e;
      }
      forgetBefore(contents.lastKey());
    }
  }

  /** What the files are to hold; nothing if they hold it. */
  private synchronized SortedMap<YearMonth, byte[]> contents() throws IOException {
    SortedMap<YearMonth, byte[]> contents = new TreeMap<>();
    if (changed) {
      for (YearMonth month : months.keySet()) {
        contents.put(month, UsageFiles.content(month, months.get(month)));
      }
      changed = false;
    }
    return contents;
  }

  private synchronized void notStored() {
    changed = true;
  }

  /** Months that are over do not change any more. */
  private synchronized void forgetBefore(YearMonth month) {
    months.headMap(month).clear();
  }

  private void within(long number, long most, String what, String limit) {
    if (most == 0 || number <= most) {
      return;
    }
    long midnight = today().plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    throw ProblemException.of(
            ProblemType.QUOTA_EXCEEDED,
            "an inference after today's " + most + " " + what,
            "at most " + most + " in a day of UTC (" + limit + ")",
            "ask again tomorrow, or have the operator raise the limit")
        .with("limit", limit)
        .with("retryAfterSeconds", (int) (midnight - clock.instant().getEpochSecond()));
  }

  private synchronized void add(String tenant, Used more) {
    LocalDate day = today();
    months
        .computeIfAbsent(YearMonth.from(day), month -> new TreeMap<>())
        .computeIfAbsent(tenant, name -> new TreeMap<>())
        .merge(day, more, Used::plus);
    changed = true;
  }

  private Used today(String tenant) {
    LocalDate day = today();
    return months
        .getOrDefault(YearMonth.from(day), new TreeMap<>())
        .getOrDefault(tenant, new TreeMap<>())
        .getOrDefault(day, Used.NOTHING);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
