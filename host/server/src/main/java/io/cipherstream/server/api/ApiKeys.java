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
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * API keys to tenants. Keys are looked up by their SHA-256, so that neither the keys nor the time
 * of a comparison are there to be learnt.
 */
public final class ApiKeys {

  private static final String SCHEME = "Bearer ";

  private final Map<String, String> tenants = new HashMap<>();

  /**
   * @throws ConfigException if two tenants have the same key
   */
  public ApiKeys(Collection<Tenant> configured) {
    for (Tenant tenant : configured) {
      String hash = tenant.apiKeySha256();
      String key = tenant.apiKey();
      if (hash == null && key != null) {
        hash = sha256(key);
      }
      String other = tenants.put(String.valueOf(hash), tenant.name());
      if (other != null) {
        throw new ConfigException(
            "tenants: '"
                + other
                + "' and '"
                + tenant.name()
                + "' have the same API key, so nobody could tell them apart; give each its own");
      }
    }
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
    String tenant = tenants.get(sha256(authorization.substring(SCHEME.length()).strip()));
    if (tenant == null) {
      throw unauthorized("an API key that is not known");
    }
    return tenant;
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
