package io.cipherstream.server.inference;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.StorageProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the answers of a sealed model that a tenant gets per UTC day, since a client with
 * unlimited answers can fit a model to them. The log and a meter report four fifths of the budget,
 * and its end. Thread-safe; nothing here blocks except {@link #close} and the constructor.
 *
 * <p>Answers are recorded on disk before they leave, a hundredth of the budget at a time. After a
 * crash a tenant has lost at most that many, and gained none.
 */
public final class AnswerBudget implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerBudget.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Stored> STORED = new TypeReference<>() {};
  private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();
  private static final double ALARM_SHARE = 0.8;
  private static final int BLOCKS = 100;
  private static final long CLOSE_WAIT_MILLIS = 5000;

  private final Path file;
  private final int most;
  private final int block;
  private final InstantSource clock;
  private final ServerMetrics metrics;
  private final Map<Holder, Count> counts = new HashMap<>();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "answer-budget");
            thread.setDaemon(true);
            return thread;
          });
  private long day;

  /** The contents of the file: for the day, each tenant's models and their recorded answers. */
  private record Stored(long day, Map<String, Map<String, Integer>> answers) {}

  private record Holder(String tenant, String model) {}

  /** Answers taken, and answers recorded in the file. */
  private static final class Count {
    private int taken;
    private int recorded;
    private CompletionStage<Void> onDisk = CompletableFuture.completedStage(null);
  }

  /**
   * The answers of the budget that one inference gives; closing it gives them back unless they were
   * {@link #given}.
   */
  public final class Answer implements AutoCloseable {
    private final Holder holder;
    private final int texts;
    private final long takenOn;
    private final CompletionStage<Void> recorded;
    private boolean over;

    private Answer(Holder holder, int texts, long takenOn, CompletionStage<Void> recorded) {
      this.holder = holder;
      this.texts = texts;
      this.takenOn = takenOn;
      this.recorded = recorded;
    }

    /** Completes when it is on disk; fails with the error that prevented it. */
    CompletionStage<Void> recorded() {
      return recorded;
    }

    /** It is about to be sent, and counts whatever happens then. */
    void given() {
      synchronized (AnswerBudget.this) {
        over = true;
      }
    }

    @Override
    public void close() {
      synchronized (AnswerBudget.this) {
        if (!over && takenOn == day) {
          count(holder).taken -= texts;
        }
        over = true;
      }
    }
  }

  /**
   * Reads what was taken today. Blocks.
   *
   * @param most answers of a model to a tenant in a day; 0 for any number
   */
  public AnswerBudget(Path file, int most, InstantSource clock, ServerMetrics metrics)
      throws IOException {
    this.file = file;
    this.most = most;
    this.block = Math.max(1, most / BLOCKS);
    this.clock = clock;
    this.metrics = metrics;
    this.day = today();
    if (Files.exists(file)) {
      restore(file);
    }
  }

  private void restore(Path from) throws IOException {
    Stored stored;
    try {
      stored = JSON.readValue(Files.readAllBytes(from), STORED);
    } catch (IOException e) {
      throw new IOException(
          from + " is damaged; deleting it gives every tenant the whole budget of today again", e);
    }
    if (stored.day() == day) {
      stored
          .answers()
          .forEach(
              (tenant, models) ->
                  models.forEach(
                      (model, recorded) -> {
                        Count count = count(new Holder(tenant, model));
                        count.taken = recorded;
                        count.recorded = recorded;
                      }));
    }
  }

  /**
   * Takes the answers of one inference.
   *
   * @param texts that it answers
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} where fewer are left of the day's
   */
  public synchronized Answer take(String tenant, String model, int texts) {
    roll();
    Holder holder = new Holder(tenant, model);
    Count count = count(holder);
    if (most > 0 && count.taken > most - texts) {
      throw spent(holder, texts);
    }
    int before = count.taken;
    count.taken += texts;
    if (most > 0) {
      warn(holder, before, count.taken);
    }
    if (most > 0 && count.taken > count.recorded) {
      record(count);
    }
    return new Answer(holder, texts, day, count.onDisk);
  }

  /** Answers of today that a tenant has taken, by model. */
  public synchronized SortedMap<String, Integer> taken(String tenant) {
    roll();
    SortedMap<String, Integer> models = new TreeMap<>();
    counts.forEach(
        (holder, count) -> {
          if (holder.tenant().equals(tenant)) {
            models.put(holder.model(), count.taken);
          }
        });
    return models;
  }

  private Count count(Holder holder) {
    Count count = counts.get(holder);
    if (count == null) {
      count = new Count();
      counts.put(holder, count);
      metrics.answersToday(holder.tenant(), holder.model(), () -> taken(holder));
    }
    return count;
  }

  private synchronized int taken(Holder holder) {
    roll();
    Count count = counts.get(holder);
    return count == null ? 0 : count.taken;
  }

  private void warn(Holder holder, int before, int taken) {
    int alarm = (int) Math.ceil(ALARM_SHARE * most);
    if ((before < alarm && taken >= alarm) || taken == most) {
      LOG.warn(
          "tenant {} has had {} of today's {} answers of model {}"
              + " (limits.sealedAnswersPerTenantPerDayMax)",
          holder.tenant(),
          taken,
          most,
          holder.model());
      metrics.budgetAlarm(holder.model(), taken == most ? "spent" : "near");
    }
  }

  private ProblemException spent(Holder holder, int texts) {
    return ProblemException.of(
            ProblemType.QUOTA_EXCEEDED,
            "a request for "
                + (texts == 1 ? "one more answer" : texts + " more answers")
                + " of model '"
                + holder.model()
                + "' today",
            "at most " + most + " in a day of UTC (sealedAnswersPerTenantPerDayMax)",
            "ask again tomorrow, or have the operator raise the limit")
        .with("limit", "sealedAnswersPerTenantPerDayMax")
        .with(
            "retryAfterSeconds",
            (int) (DAY_SECONDS - Math.floorMod(clock.instant().getEpochSecond(), DAY_SECONDS)));
  }

  private void roll() {
    long now = today();
    if (now != day) {
      day = now;
      counts.clear();
    }
  }

  private long today() {
    Instant now = clock.instant();
    return Math.floorDiv(now.getEpochSecond(), DAY_SECONDS);
  }

  /** Requests that arrive while the file is being written wait together for the next write. */
  private void record(Count count) {
    count.recorded = Math.min(most, count.taken + block - 1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    count.onDisk = done;
    waiting.add(done);
    try {
      writer.execute(this::write);
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(new IOException("the appliance has stopped", e));
    }
  }

  private void write() {
    List<CompletableFuture<Void>> these;
    Map<String, Map<String, Integer>> answers = new TreeMap<>();
    Stored stored;
    synchronized (this) {
      these = List.copyOf(waiting);
      waiting.clear();
      counts.forEach(
          (holder, count) ->
              answers
                  .computeIfAbsent(holder.tenant(), name -> new TreeMap<>())
                  .put(holder.model(), count.recorded));
      stored = new Stored(day, answers);
    }
    if (these.isEmpty()) {
      return; // written with those before
    }
    try {
      FileReplacer.SECRET.replace(file, JSON.writeValueAsBytes(stored));
      these.forEach(each -> each.complete(null));
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        counts.values().forEach(count -> count.recorded = 0); // the next one tries again
      }
      these.forEach(each -> each.completeExceptionally(StorageProblems.of(e)));
    }
  }

  /** Takes no more. Blocks until the current write is done. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
