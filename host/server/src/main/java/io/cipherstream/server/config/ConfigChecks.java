package io.cipherstream.server.config;

import io.cipherstream.engine.EngineSpec;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.config.ServerConfig.TenantKey;
import io.cipherstream.server.config.ServerConfig.TlsMode;
import io.cipherstream.trace.Traces;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of a configuration beyond its types. */
final class ConfigChecks {

  /** A name is shown in logs and metrics. */
  private static final String TENANT_NAME = "\\P{Cntrl}{1,64}";

  private static final String KEY_NAME = "[A-Za-z0-9._-]{1,64}";

  private ConfigChecks() {}

  static ServerConfig check(ServerConfig config) {
    ShapeChecks.check(config);
    tls(config);
    Set<String> names = new HashSet<>();
    config.tenants().forEach(tenant -> tenant(tenant, names));
    if (config.tenants().isEmpty() && config.tenantsFile() == null && !config.generateApiKey()) {
      throw new ConfigException(
          "tenants: none is configured; name one with an API key, or a tenantsFile, or set"
              + " generateApiKey");
    }
    engine(config.compute());
    traces(config.otlpEndpoint());
    ClusterChecks.check(config.cluster());
    return config;
  }

  private static void traces(@Nullable URI endpoint) {
    try {
      if (endpoint != null) {
        Traces.check(endpoint);
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("otlpEndpoint: " + e.getMessage(), e);
    }
  }

  private static void engine(ServerConfig.Compute compute) {
    EngineSpec spec;
    try {
      spec = EngineSpec.parse(compute.engine());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("compute.engine: " + e.getMessage(), e);
    }
    if (compute.image() != null && spec.kind() != EngineSpec.Kind.OPENCL) {
      throw new ConfigException(
          "compute.image: expected with compute.engine opencl:platform[/device], received "
              + compute.engine());
    }
  }

  private static void tls(ServerConfig config) {
    TlsMode mode = config.tls().mode();
    if (mode == TlsMode.PLAIN_HTTP && !isLoopback(config.bind().host())) {
      throw new ConfigException(
          "tls.mode PLAIN_HTTP: expected a loopback address, received bind.host "
              + config.bind().host()
              + "; use SELF_SIGNED or FILES");
    }
    if (mode == TlsMode.FILES
        && (config.tls().certificate() == null || config.tls().key() == null)) {
      throw new ConfigException("tls.mode FILES: expected tls.certificate and tls.key");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new ConfigException("bind.host: cannot be resolved: " + host, e);
    }
  }

  static void tenant(Tenant tenant, Set<String> names) {
    if (!tenant.name().matches(TENANT_NAME)) {
      throw new ConfigException(
          "tenants: expected a name of at most 64 characters without control characters, received"
              + " one of "
              + tenant.name().length());
    }
    if (!names.add(tenant.name())) {
      throw new ConfigException("tenants: name '" + tenant.name() + "' is given twice");
    }
    List<TenantKey> keys = tenant.keys();
    if ((tenant.apiKey() != null && tenant.apiKeySha256() != null)
        || (keys == null && tenant.apiKey() == null && tenant.apiKeySha256() == null)) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': expected one of apiKey and apiKeySha256, or keys");
    }
    Set<String> keyNames = new HashSet<>();
    for (TenantKey key : keys == null ? List.<TenantKey>of() : keys) {
      named(tenant, key, keyNames);
    }
    if (tenant.previousApiKey() != null && tenant.previousApiKeySha256() != null) {
      throw new ConfigException(
          "tenant '"
              + tenant.name()
              + "': expected at most one of previousApiKey and previousApiKeySha256");
    }
    key(tenant, "apiKey", tenant.apiKey(), tenant.apiKeySha256());
    key(tenant, "previousApiKey", tenant.previousApiKey(), tenant.previousApiKeySha256());
  }

  private static void named(Tenant tenant, TenantKey key, Set<String> names) {
    if (!key.name().matches(KEY_NAME)) {
      throw new ConfigException(
          "tenant '"
              + tenant.name()
              + "': expected keys with names of at most 64 letters, digits, dots, hyphens and"
              + " underscores");
    }
    if (!names.add(key.name())) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': key '" + key.name() + "' is given twice");
    }
    key(tenant, "keys: ", null, key.sha256());
    try {
      key.end();
    } catch (DateTimeParseException e) {
      throw new ConfigException(
          "tenant '"
              + tenant.name()
              + "', key '"
              + key.name()
              + "': expected notAfter as in 2027-11-30T00:00:00Z",
          e);
    }
  }

  private static void key(
      Tenant tenant, String member, @Nullable String key, @Nullable String sha256) {
    if (key != null && key.length() < 16) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': expected an " + member + " of at least 16 characters");
    }
    if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
      throw new ConfigException(
          "tenant '"
              + tenant.name()
              + "': expected "
              + member
              + "Sha256 as 64 lower-case hex digits");
    }
  }
}
