package io.cipherstream.server.api;

import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps API keys to tenants. Keys are looked up by their SHA-256, so that neither the keys nor the
 * time of a comparison can be learnt. Thread-safe.
 */
public final class ApiKeys {

  private static final String SCHEME = "Bearer ";

  private volatile Map<String, String> tenants = Map.of();
  private volatile Set<String> operators = Set.of();

  /**
   * Takes the keys of these tenants.
   *
   * @throws ConfigException if two tenants have the same key
   */
  public ApiKeys(Collection<Tenant> configured) {
    prepare(configured).run();
  }

  /**
   * Reads other keys; they take effect when the result is run, and removed keys are invalid from
   * then on.
   *
   * @throws ConfigException if two tenants have the same key; then nothing changes
   */
  public Runnable prepare(Collection<Tenant> configured) {
    Map<String, String> next = new HashMap<>();
    Set<String> nextOperators = new HashSet<>();
    for (Tenant tenant : configured) {
      add(next, tenant.name(), tenant.apiKey(), tenant.apiKeySha256());
      add(next, tenant.name(), tenant.previousApiKey(), tenant.previousApiKeySha256());
      if (Boolean.TRUE.equals(tenant.operator()) || configured.size() == 1) {
        nextOperators.add(tenant.name());
      }
    }
    return () -> {
      tenants = Map.copyOf(next);
      operators = Set.copyOf(nextOperators);
    };
  }

  private static void add(
      Map<String, String> into, String tenant, @Nullable String key, @Nullable String sha256) {
    String hash = sha256 == null && key != null ? sha256(key) : sha256;
    if (hash == null) {
      return;
    }
    String other = into.put(hash, tenant);
    if (other != null && !other.equals(tenant)) {
      throw new ConfigException(
          "tenants: '"
              + other
              + "' and '"
              + tenant
              + "' have the same API key, so nobody could tell them apart; give each its own");
    }
  }

  /** Whether the key of an accepted {@code Authorization} header is still valid. */
  boolean stillCounts(@Nullable String authorization, String tenant) {
    return authorization != null
        && authorization.startsWith(SCHEME)
        && tenant.equals(tenants.get(hash(authorization)));
  }

  /**
   * The tenant of an {@code Authorization} header.
   *
   * @throws ProblemException {@link ProblemType#UNAUTHORIZED}
   */
  public String tenant(@Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(SCHEME)) {
      throw unauthorized(authorization == null ? "no Authorization header" : "another scheme");
    }
    String tenant = tenants.get(hash(authorization));
    if (tenant == null) {
      throw unauthorized("an API key that is not known");
    }
    return tenant;
  }

  private static String hash(String authorization) {
    return sha256(authorization.substring(SCHEME.length()).strip());
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
