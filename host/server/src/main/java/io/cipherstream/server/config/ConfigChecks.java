package io.cipherstream.server.config;

import io.cipherstream.engine.EngineSpec;
import io.cipherstream.server.config.ServerConfig.Tenant;
import io.cipherstream.server.config.ServerConfig.TlsMode;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/** What a configuration must hold beyond its types. */
final class ConfigChecks {

  private ConfigChecks() {}

  static ServerConfig check(ServerConfig config) {
    port(config.bind().port());
    tls(config);
    Set<String> names = new HashSet<>();
    config.tenants().forEach(tenant -> tenant(tenant, names));
    if (config.tenants().isEmpty() && !config.generateApiKey()) {
      throw new ConfigException(
          "tenants: none is configured; name one with an API key or set generateApiKey");
    }
    limits(config.limits());
    if (config.compute().stepsAtOnce() < 1 || config.compute().weightBytesMax() < 1) {
      throw new ConfigException("compute: expected stepsAtOnce and weightBytesMax of at least 1");
    }
    engine(config.compute());
    return config;
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
    if (compute.imageCyclesPerSecondMin() < 0) {
      throw new ConfigException(
          "compute.imageCyclesPerSecondMin: expected at least 0, received "
              + compute.imageCyclesPerSecondMin());
    }
    if (compute.engineBytesMax() < 0 || compute.engineResidentBytesMax() < 0) {
      throw new ConfigException(
          "compute: expected engineBytesMax and engineResidentBytesMax of at least 0");
    }
    if (!(compute.crossCheckRate() >= 0 && compute.crossCheckRate() <= 1)) {
      throw new ConfigException(
          "compute.crossCheckRate: expected 0 to 1, received " + compute.crossCheckRate());
    }
  }

  private static void port(int port) {
    if (port < 0 || port > 65535) {
      throw new ConfigException("bind.port: expected 0 to 65535, received " + port);
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

  private static void tenant(Tenant tenant, Set<String> names) {
    if (!names.add(tenant.name())) {
      throw new ConfigException("tenants: name '" + tenant.name() + "' is given twice");
    }
    if ((tenant.apiKey() == null) == (tenant.apiKeySha256() == null)) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': expected one of apiKey and apiKeySha256");
    }
    if (tenant.apiKey() != null && tenant.apiKey().length() < 16) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': expected an apiKey of at least 16 characters");
    }
    if (tenant.apiKeySha256() != null && !tenant.apiKeySha256().matches("[0-9a-f]{64}")) {
      throw new ConfigException(
          "tenant '" + tenant.name() + "': expected apiKeySha256 as 64 lower-case hex digits");
    }
  }

  private static void limits(Limits limits) {
    for (RecordComponent component : Limits.class.getRecordComponents()) {
      try {
        Number value = (Number) component.getAccessor().invoke(limits);
        if (value.longValue() < 1 && !component.getName().equals("diskReserveBytes")) {
          throw new ConfigException(
              "limits." + component.getName() + ": expected at least 1, received " + value);
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("limits." + component.getName(), e);
      }
    }
  }
}
