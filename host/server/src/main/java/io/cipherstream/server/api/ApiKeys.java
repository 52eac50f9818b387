package io.cipherstream.server.api;

import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.config.ServerConfig.TenantKey;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Maps API keys to tenants. Keys are looked up by their SHA-256, so that neither the keys nor the
 * time of a comparison can be learnt. Thread-safe.
 */
public final class ApiKeys {

  private static final String SCHEME = "Bearer ";

  private final InstantSource clock;
  private volatile Map<String, Caller> callers = Map.of();
  private volatile Set<String> tenants = Set.of();
  private volatile Set<String> operators = Set.of();

  /**
   * Whose key it is.
   *
   * @param key name of the key; those that the configuration does not name are {@code apiKey} and
   *     {@code previousApiKey}
   * @param end when it ends
   */
  record Caller(String tenant, String key, Instant end) {}

  /**
   * Takes the keys of these tenants.
   *
   * @throws ConfigException if two tenants have the same key
   */
  public ApiKeys(Collection<Tenant> configured, InstantSource clock) {
    this.clock = clock;
    prepare(configured).run();
  }

  /**
   * Reads other keys; they take effect when the result is run, and removed keys are invalid from
   * then on.
   *
   * @throws ConfigException if two tenants have the same key; then nothing changes
   */
  public Runnable prepare(Collection<Tenant> configured) {
    Map<String, Caller> next = new HashMap<>();
    Set<String> nextOperators = new HashSet<>();
    for (Tenant tenant : configured) {
      add(next, tenant, "apiKey", tenant.apiKey(), tenant.apiKeySha256());
      add(next, tenant, "previousApiKey", tenant.previousApiKey(), tenant.previousApiKeySha256());
      List<TenantKey> named = tenant.keys();
      for (TenantKey key : named == null ? List.<TenantKey>of() : named) {
        add(next, key.sha256(), new Caller(tenant.name(), key.name(), key.end()));
      }
      if (Boolean.TRUE.equals(tenant.operator()) || configured.size() == 1) {
        nextOperators.add(tenant.name());
      }
    }
    return () -> {
      callers = Map.copyOf(next);
      tenants = configured.stream().map(Tenant::name).collect(Collectors.toUnmodifiableSet());
      operators = Set.copyOf(nextOperators);
    };
  }

  private static void add(
      Map<String, Caller> into,
      Tenant tenant,
      String name,
      @Nullable String key,
      @Nullable String sha256) {
    String hash = sha256 == null && key != null ? sha256(key) : sha256;
    if (hash != null) {
      add(into, hash, new Caller(tenant.name(), name, Instant.MAX));
    }
  }

  private static void add(Map<String, Caller> into, String hash, Caller caller) {
    Caller other = into.put(hash, caller);
    if (other != null && !other.tenant().equals(caller.tenant())) {
      throw new ConfigException(
          "tenants: '"
              + other.tenant()
              + "' and '"
              + caller.tenant()
              + "' have the same API key, so nobody could tell them apart; give each its own");
    }
  }

  /** Whether the key of an accepted {@code Authorization} header is still valid. */
  boolean stillCounts(@Nullable String authorization, String tenant) {
    String key = bearer(authorization);
    Caller caller = key == null ? null : callers.get(sha256(key));
    return caller != null && caller.tenant().equals(tenant) && !hasEnded(caller);
  }

  private boolean hasEnded(Caller caller) {
    return !clock.instant().isBefore(caller.end());
  }

  /**
   * The tenant and key of an {@code Authorization} header.
   *
   * @throws ProblemException {@link ProblemType#UNAUTHORIZED}
   */
  Caller caller(@Nullable String authorization) {
    String key = bearer(authorization);
    if (key == null) {
      throw unauthorized(authorization == null ? "no Authorization header" : "another scheme");
    }
    Caller caller = callers.get(sha256(key));
    if (caller == null) {
      throw unauthorized("an API key that is not known");
    }
    if (hasEnded(caller)) {
      throw unauthorized("an API key that ended at " + caller.end());
    }
    return caller;
  }

  /** What an {@code Authorization} header brings; null without a header or of another scheme. */
  static @Nullable String bearer(@Nullable String authorization) {
    return authorization != null && authorization.startsWith(SCHEME)
        ? authorization.substring(SCHEME.length()).strip()
        : null;
  }

  /** Whether there is a tenant of that name. */
  boolean isTenant(String name) {
    return tenants.contains(name);
  }

  /** Whether the tenant may see the whole appliance's figures. A single tenant may. */
  boolean isOperator(String tenant) {
    return operators.contains(tenant);
  }

  /** SHA-256 of a key in hexadecimal, as the configuration takes it. */
  public static String sha256(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static ProblemException unauthorized(String received) {
    return ProblemException.of(
        ProblemType.UNAUTHORIZED,
        received,
        "Authorization: Bearer with a configured API key",
        "send the API key that the appliance's operator gave you");
  }
}
