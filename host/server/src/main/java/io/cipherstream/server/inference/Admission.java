package io.cipherstream.server.inference;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.HashMap;
import java.util.Map;

/** Bounds the inferences that are running or waiting, in all and for each tenant. Thread-safe. */
public final class Admission {

  private final Limits limits;
  private final Map<String, Integer> byTenant = new HashMap<>();
  private int active;
  private boolean draining;

  /** The right to run one inference; closing it more than once is harmless. */
  public final class Permit implements AutoCloseable {
    private final String tenant;
    private boolean closed;

    private Permit(String tenant) {
      this.tenant = tenant;
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!closed) {
          closed = true;
          active--;
          byTenant.merge(tenant, -1, Integer::sum);
          byTenant.remove(tenant, 0);
        }
      }
    }
  }

  public Admission(Limits limits) {
    this.limits = limits;
  }

  /**
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED} if the tenant is over its share,
   *     {@link ProblemType#OVERLOADED} if the appliance is, {@link ProblemType#SHUTTING_DOWN}
   */
  public synchronized Permit acquire(String tenant) {
    if (draining) {
      throw ProblemException.shuttingDown("an inference", limits.retryAfterSeconds());
    }
    if (active >= limits.inferencesMax()) {
      throw refused(ProblemType.OVERLOADED, active, limits.inferencesMax(), "inferencesMax");
    }
    int own = byTenant.getOrDefault(tenant, 0);
    if (own >= limits.inferencesPerTenantMax()) {
      throw refused(
          ProblemType.QUOTA_EXCEEDED,
          own,
          limits.inferencesPerTenantMax(),
          "inferencesPerTenantMax");
    }
    active++;
    byTenant.merge(tenant, 1, Integer::sum);
    return new Permit(tenant);
  }

  /** Refuses all that come from now on. */
  public synchronized void drain() {
    draining = true;
  }

  public synchronized int active() {
    return active;
  }

  private ProblemException refused(ProblemType type, int active, int most, String limit) {
    return ProblemException.of(
            type,
            "inference number " + (active + 1) + " at one time",
            "at most " + most + " (" + limit + ")",
            "try again after the named time")
        .with("limit", limit)
        .with("retryAfterSeconds", limits.retryAfterSeconds());
  }
}
