package io.cipherstream.server.tenant;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.ServerConfig.Tenant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The quota of each tenant, which a reload may change. Thread-safe. */
public final class Quotas {

  private final Quota common;
  private volatile Map<String, Quota> own = Map.of();

  public Quotas(Limits limits, Collection<Tenant> tenants) {
    this.common = Quota.of(limits);
    prepare(tenants).run();
  }

  /** Reads other quotas; they take effect when the result is run. */
  public Runnable prepare(Collection<Tenant> tenants) {
    Map<String, Quota> next = new HashMap<>();
    for (Tenant tenant : tenants) {
      if (tenant.limits() != null) {
        next.put(tenant.name(), common.with(tenant.limits()));
      }
    }
    return () -> own = Map.copyOf(next);
  }

  public Quota of(String tenant) {
    return own.getOrDefault(tenant, common);
  }
}
