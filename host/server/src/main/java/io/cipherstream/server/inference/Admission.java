package io.cipherstream.server.inference;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quotas;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the inferences that are running or waiting, in total and per tenant, by number and by the
 * most bytes that each may hold. An inference whose client stalls counts in full. Thread-safe.
 */
public final class Admission {

  private final Limits limits;
  private final Quotas quotas;
  private final MemoryPlan memory;
  private final Map<String, Share> byTenant = new HashMap<>();
  private int active;
  private long bytes;
  private boolean draining;

  /** The inferences of one tenant. */
  private record Share(int inferences, long bytes) {
    private static final Share NONE = new Share(0, 0);

    Share plus(int count, long more) {
      return new Share(inferences + count, bytes + more);
    }
  }

  /** The right to run one inference; closing it more than once is harmless. */
  public final class Permit implements AutoCloseable {
    private final String tenant;
    private final long most;
    private boolean closed;

    private Permit(String tenant, long most) {
      this.tenant = tenant;
      this.most = most;
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!closed) {
          closed = true;
          add(tenant, -1, -most);
        }
      }
    }
  }

  public Admission(Limits limits, Quotas quotas, MemoryPlan memory) {
    this.limits = limits;
    this.quotas = quotas;
    this.memory = memory;
  }

  /**
   * @param most bytes that the inference may hold
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if the tenant is over its share,
   *     {@link ProblemType#OVERLOADED} if the appliance is, {@link ProblemType#TOO_LARGE} if the
   *     inference alone is, {@link ProblemType#SHUTTING_DOWN}
   */
  public synchronized Permit acquire(String tenant, long most) {
    if (draining) {
      throw ProblemException.shuttingDown("an inference", limits.retryAfterSeconds());
    }
    Share own = byTenant.getOrDefault(tenant, Share.NONE);
    if (most > memory.inferenceBytesPerTenant()) {
      throw ProblemException.of(
              ProblemType.TOO_LARGE,
              "an inference that may hold " + most + " bytes",
              "at most " + memory.inferenceBytesPerTenant() + " (inferenceBytesPerTenantMax)",
              "shorten the text to a smaller token class, or have the operator raise the limit")
          .with("limit", "inferenceBytesPerTenantMax");
    }
    require(ProblemType.OVERLOADED, active, limits.inferencesMax(), "inferencesMax");
    require(
        ProblemType.QUOTA_EXCEEDED,
        own.inferences(),
        quotas.of(tenant).inferences(),
        "inferencesPerTenantMax");
    requireBytes(
        ProblemType.QUOTA_EXCEEDED,
        own.bytes(),
        most,
        memory.inferenceBytesPerTenant(),
        "inferenceBytesPerTenantMax");
    requireBytes(ProblemType.OVERLOADED, bytes, most, memory.inferenceBytes(), "inferenceBytesMax");
    add(tenant, 1, most);
    return new Permit(tenant, most);
  }

  /** Refuses all that come from now on. */
  public synchronized void drain() {
    draining = true;
  }

  /** Admits again after {@link #drain}. */
  public synchronized void resume() {
    draining = false;
  }

  public synchronized boolean isDraining() {
    return draining;
  }

  public synchronized int active() {
    return active;
  }

  /** Bytes that all admitted inferences may hold at most. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Admitted inferences of one tenant. */
  public synchronized int active(String tenant) {
    return byTenant.getOrDefault(tenant, Share.NONE).inferences();
  }

  /** Bytes that one tenant's admitted inferences may hold at most. */
  public synchronized long bytes(String tenant) {
    return byTenant.getOrDefault(tenant, Share.NONE).bytes();
  }

  private void add(String tenant, int count, long more) {
    active += count;
    bytes += more;
    byTenant.merge(tenant, new Share(count, more), (old, add) -> old.plus(count, more));
    byTenant.remove(tenant, Share.NONE);
  }

  private void require(ProblemType type, int active, int most, String limit) {
    if (active >= most) {
      throw refused(type, "inference number " + (active + 1) + " at one time", most + "", limit);
    }
  }

  private void requireBytes(ProblemType type, long held, long more, long most, String limit) {
    if (held + more > most) {
      throw refused(
          type,
          "an inference that may hold " + more + " bytes beside others that may hold " + held,
          most + " bytes in all",
          limit);
    }
  }

  private ProblemException refused(ProblemType type, String received, String most, String limit) {
    return ProblemException.of(
            type,
            received,
            "at most " + most + " (" + limit + ")",
            "try again after the named time")
        .with("limit", limit)
        .with("retryAfterSeconds", limits.retryAfterSeconds());
  }
}
