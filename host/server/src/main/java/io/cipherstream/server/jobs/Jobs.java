package io.cipherstream.server.jobs;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.session.SessionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All jobs, by id and tenant. An answer stays on disk for {@link Limits#jobResultSeconds}, also
 * over a restart; a job that a restart cut off says so. Another tenant's job is reported exactly
 * like one that does not exist. Thread-safe; methods that say so touch the disk.
 */
public final class Jobs {

  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  private final JobStore store;
  private final Limits limits;
  private final InstantSource clock;
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();

  /** Reads stored jobs back. Blocks. */
  public Jobs(Path dataDirectory, Limits limits, InstantSource clock) throws IOException {
    this.store = new JobStore(dataDirectory);
    this.limits = limits;
    this.clock = clock;
    for (JobInfo info : store.loadAll()) {
      jobs.put(info.id(), info.ended() == 0 ? lost(info) : over(info));
    }
  }

  private static Job over(JobInfo info) {
    return new Job(info, info.problem() == null ? Job.State.DONE : Job.State.FAILED);
  }

  private Job lost(JobInfo info) throws IOException {
    ProblemException problem =
        ProblemException.of(
            ProblemType.JOB_LOST,
            "job " + info.id() + ", which the appliance had not ended when it stopped",
            "a job that ended before",
            "ask again, under a new inference id and with fresh encryptions");
    JobInfo failed = info.failed(now(), problem.toJson(info.id()).getMap());
    store.write(failed);
    return over(failed);
  }

  /**
   * The job that the same request made before.
   *
   * @return null if none has
   * @throws ProblemException {@link ProblemType#IDEMPOTENCY_MISMATCH} for another request, {@link
   *     ProblemType#REQUEST_IN_PROGRESS} if the first one is still coming in
   */
  public synchronized @Nullable Job madeBefore(
      String tenant, SessionInfo.@Nullable Idempotency wanted) {
    if (wanted == null) {
      return null;
    }
    for (Job job : jobs.values()) {
      SessionInfo.Idempotency before = job.info().idempotency();
      if (before == null
          || !before.key().equals(wanted.key())
          || !job.info().tenant().equals(tenant)
          || isExpired(job)) {
        continue;
      }
      if (!before.requestSha256().equals(wanted.requestSha256())) {
        throw ProblemException.of(
            ProblemType.IDEMPOTENCY_MISMATCH,
            "another request under an Idempotency-Key that was used before",
            "the same request again, or a new key",
            "choose a new Idempotency-Key for every new job");
      }
      if (job.state() == Job.State.RECEIVING) {
        throw ProblemException.of(
                ProblemType.REQUEST_IN_PROGRESS,
                "a repeated request while the first one is coming in",
                "one at a time",
                "send it again after the named time")
            .with("retryAfterSeconds", limits.retryAfterSeconds());
      }
      return job;
    }
    return null;
  }

  /**
   * Begins a job whose inputs are coming in, and sets its answer's bytes aside.
   *
   * @param info with the most bytes that the answer may have
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}
   */
  public synchronized Job begin(JobInfo info) {
    List<Job> own = of(info.tenant(), true);
    require(own.size() + 1L, limits.jobsPerTenantMax(), "jobs", "jobsPerTenantMax");
    require(
        own.stream().mapToLong(job -> job.info().bytes()).sum() + info.bytes(),
        limits.jobBytesPerTenantMax(),
        "bytes of answers",
        "jobBytesPerTenantMax");
    Job job = new Job(info, Job.State.RECEIVING);
    jobs.put(info.id(), job);
    return job;
  }

  private void require(long wanted, long most, String what, String limit) {
    if (wanted > most) {
      throw ProblemException.of(
              ProblemType.QUOTA_EXCEEDED,
              wanted + " " + what + " with this one",
              "at most " + most + " (" + limit + ")",
              "delete jobs whose answers you have")
          .with("limit", limit)
          .with("retryAfterSeconds", limits.retryAfterSeconds());
    }
  }

  /** All its inputs are there: from now on it lives without its connection. Blocks. */
  public void accept(Job job) throws IOException {
    synchronized (job.files()) {
      if (!job.isOver()) {
        store.write(job.info());
        job.accepted();
      }
    }
  }

  /** Its inputs did not all come. */
  public void drop(Job job) {
    jobs.remove(job.info().id(), job);
  }

  /**
   * Stores its answer. Blocks.
   *
   * @param answer JSON and envelopes, as a request to {@code infer} is answered
   * @param headerBytes of the JSON
   */
  public void answer(Job job, byte[] answer, int headerBytes) throws IOException {
    JobInfo done = job.info().answered(now(), answer.length, headerBytes);
    synchronized (job.files()) { // so that it is not deleted in between
      if (jobs.get(done.id()) == job) {
        store.writeAnswer(done, answer);
      }
      job.over(done, Job.State.DONE);
    }
  }

  /**
   * It will have no answer, even if that cannot be written: a restart then says {@link
   * ProblemType#JOB_LOST}. Blocks.
   */
  public void fail(Job job, ProblemException why) throws IOException {
    JobInfo failed = job.info().failed(now(), why.toJson(job.info().inference()).getMap());
    synchronized (job.files()) {
      try {
        if (jobs.get(failed.id()) == job) {
          store.write(failed);
        }
      } finally {
        job.over(failed, Job.State.FAILED);
      }
    }
  }

  /**
   * The tenant's job of that id.
   *
   * @throws ProblemException {@link ProblemType#JOB_UNKNOWN}
   */
  public Job require(String tenant, String id) {
    Job job = jobs.get(id);
    if (job == null
        || !job.info().tenant().equals(tenant)
        || job.state() == Job.State.RECEIVING
        || isExpired(job)) {
      throw ProblemException.of(
          ProblemType.JOB_UNKNOWN,
          "job " + id,
          "a job of this tenant that ended at most " + limits.jobResultSeconds() + " s ago",
          "make a new job");
    }
    return job;
  }

  /** When a job that is over is deleted; null before. */
  public @Nullable Instant expires(Job job) {
    return job.isOver()
        ? Instant.ofEpochSecond(job.info().ended()).plusSeconds(limits.jobResultSeconds())
        : null;
  }

  private boolean isExpired(Job job) {
    Instant end = expires(job);
    return end != null && end.isBefore(clock.instant());
  }

  /** A tenant's jobs, the oldest first. */
  public List<Job> of(String tenant) {
    return of(tenant, false);
  }

  private List<Job> of(String tenant, boolean receiving) {
    return jobs.values().stream()
        .filter(job -> job.info().tenant().equals(tenant))
        .filter(job -> receiving || job.state() != Job.State.RECEIVING)
        .filter(job -> !isExpired(job))
        .sorted(
            Comparator.comparingLong((Job job) -> job.info().created())
                .thenComparing(job -> job.info().id()))
        .toList();
  }

  /** All jobs, whosever they are. */
  public int count() {
    return jobs.size();
  }

  /** The file with the answer of a job that is done. */
  public Path answer(Job job) {
    return store.answer(job.info().id());
  }

  /** Ends a job and removes it with its answer. Blocks. */
  public void delete(Job job) throws IOException {
    try {
      synchronized (job.files()) {
        jobs.remove(job.info().id(), job);
        store.delete(job.info().id());
      }
    } finally {
      job.cancel();
    }
  }

  /** Removes answers that were kept for long enough. Blocks. */
  public void sweep() {
    for (Job job : List.copyOf(jobs.values())) {
      if (isExpired(job)) {
        LOG.info("job {} of tenant {} expired", job.info().id(), job.info().tenant());
        try {
          delete(job);
        } catch (IOException e) {
          LOG.warn("files of job {} stay: {}", job.info().id(), e.toString());
        }
      }
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
