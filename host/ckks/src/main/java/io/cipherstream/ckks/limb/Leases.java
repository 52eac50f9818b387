package io.cipherstream.ckks.limb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Pinned residents of one call. */
final class Leases implements AutoCloseable {
  private final List<Residents.Lease> leases = new ArrayList<>();
  private final Map<Object, Residents.Lease> byKey = new HashMap<>();

  Residents.Lease keep(Residents.Lease lease) {
    leases.add(lease);
    return lease;
  }

  Residents.Lease once(Object key, Supplier<Residents.Lease> acquire) {
    Residents.Lease lease = byKey.get(key);
    if (lease == null) {
      lease = keep(acquire.get());
      byKey.put(key, lease);
    }
    return lease;
  }

  @Override
  public void close() {
    leases.forEach(Residents.Lease::close);
  }
}
