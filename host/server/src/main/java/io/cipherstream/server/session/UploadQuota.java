package io.cipherstream.server.session;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quotas;
import java.util.HashMap;
import java.util.Map;

/** Counts a tenant's uploads against its limits before their first byte is read. Thread-safe. */
public final class UploadQuota {

  private final SessionRegistry registry;
  private final Limits limits;
  private final Quotas quotas;
  private final Map<String, Integer> uploads = new HashMap<>();
  private final Map<String, Long> reserved = new HashMap<>();
  private long reservedInAll;

  /** Bytes set aside for one upload; closing it gives them back. */
  public final class Reservation implements AutoCloseable {
    private final String tenant;
    private final long bytes;
    private boolean running = true;
    private boolean closed;

    private Reservation(String tenant, long bytes) {
      this.tenant = tenant;
      this.bytes = bytes;
    }

    /** Its connection broke: it is no upload at this time, and its bytes stay set aside. */
    void rest() {
      synchronized (UploadQuota.this) {
        if (running) {
          running = false;
          uploads.merge(tenant, -1, Integer::sum);
        }
      }
    }

    /**
     * It is an upload again.
     *
     * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}
     */
    void goOn() {
      synchronized (UploadQuota.this) {
        count(tenant);
        running = true;
      }
    }

    @Override
    public void close() {
      synchronized (UploadQuota.this) {
        rest();
        if (!closed) {
          closed = true;
          reserved.merge(tenant, -bytes, Long::sum);
          reservedInAll -= bytes;
        }
      }
    }
  }

  public UploadQuota(SessionRegistry registry, Limits limits, Quotas quotas) {
    this.registry = registry;
    this.limits = limits;
    this.quotas = quotas;
  }

  /**
   * Sets {@code bytes} aside.
   *
   * @param replaced bytes of a stored key that this upload replaces
   * @throws ProblemException {@link ProblemType#QUOTA_EXCEEDED}
   */
  public synchronized Reservation reserve(String tenant, long bytes, long replaced) {
    long after = registry.keyBytes(tenant) - replaced + reserved.getOrDefault(tenant, 0L) + bytes;
    long most = quotas.of(tenant).keyBytes();
    if (after > most) {
      throw exceeded(
          after + " bytes of keys with this one",
          "at most " + most + " (keyBytesPerTenantMax)",
          "delete a session that is no longer used",
          "keyBytesPerTenantMax");
    }
    count(tenant);
    reserved.merge(tenant, bytes, Long::sum);
    reservedInAll += bytes;
    return new Reservation(tenant, bytes);
  }

  private void count(String tenant) {
    int before = uploads.getOrDefault(tenant, 0);
    if (before >= limits.uploadsPerTenantMax()) {
      throw exceeded(
          "upload number " + (before + 1) + " at one time",
          "at most " + limits.uploadsPerTenantMax() + " (uploadsPerTenantMax)",
          "wait for another upload to end",
          "uploadsPerTenantMax");
    }
    uploads.merge(tenant, 1, Integer::sum);
  }

  /**
   * @throws ProblemException {@link ProblemType#STORAGE_FULL} if the uploads in progress would eat
   *     into the disk reserve
   */
  public synchronized void checkDisk(long usableBytes) {
    if (usableBytes - reservedInAll < limits.diskReserveBytes()) {
      throw StorageProblems.full();
    }
  }

  private ProblemException exceeded(String received, String expected, String action, String limit) {
    return ProblemException.of(ProblemType.QUOTA_EXCEEDED, received, expected, action)
        .with("limit", limit)
        .with("retryAfterSeconds", limits.retryAfterSeconds());
  }
}
