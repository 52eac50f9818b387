package io.cipherstream.server.tenant;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.ServerConfig.TenantLimits;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant may use; the names are those of {@link Limits}.
 *
 * @param sessions sessions it may hold
 * @param keyBytes bytes of stored keys
 * @param tracks tracks it may store
 * @param trackBytes bytes of stored tracks, each counted as whole
 * @param inferences inferences at one time
 * @param inferencesPerDay inferences begun in a day of UTC; 0 for any number
 * @param computeSecondsPerDay seconds of steps in a day of UTC; 0 for any number
 */
public record Quota(
    int sessions,
    long keyBytes,
    int tracks,
    long trackBytes,
    int inferences,
    long inferencesPerDay,
    long computeSecondsPerDay) {

  /** That of a tenant without limits of its own. */
  static Quota of(Limits limits) {
    return new Quota(
        limits.sessionsPerTenantMax(),
        limits.keyBytesPerTenantMax(),
        limits.tracksPerTenantMax(),
        limits.trackBytesPerTenantMax(),
        limits.inferencesPerTenantMax(),
        limits.inferencesPerTenantPerDayMax(),
        limits.computeSecondsPerTenantPerDayMax());
  }

  /** This, with the tenant's own limits in place of the common ones. */
  Quota with(TenantLimits own) {
    return new Quota(
        or(own.sessionsPerTenantMax(), sessions),
        or(own.keyBytesPerTenantMax(), keyBytes),
        or(own.tracksPerTenantMax(), tracks),
        or(own.trackBytesPerTenantMax(), trackBytes),
        or(own.inferencesPerTenantMax(), inferences),
        or(own.inferencesPerTenantPerDayMax(), inferencesPerDay),
        or(own.computeSecondsPerTenantPerDayMax(), computeSecondsPerDay));
  }

  private static <T> T or(@Nullable T own, T common) {
    return own == null ? common : own;
  }
}
