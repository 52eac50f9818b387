package io.cipherstream.server;

import io.cipherstream.server.api.ApiKeys;
import io.cipherstream.server.api.Inferences;
import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.tenant.Quotas;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of the configuration that a running appliance can take over again: tenants, their API
 * keys and limits, certificate and TLS key. It takes all of them or, if something is wrong, none.
 * Other members need a restart, which the log says.
 */
final class Reload {

  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final Set<String> RELOADED =
      Set.of("tls", "tenants", "tenantsFile", "generateApiKey");

  private final ServerConfig started;
  private final ApiKeys apiKeys;
  private final Quotas quotas;
  private final Inferences inferences;
  private final @Nullable TlsIdentity tls;

  Reload(
      ServerConfig started,
      ApiKeys apiKeys,
      Quotas quotas,
      Inferences inferences,
      @Nullable TlsIdentity tls) {
    this.started = started;
    this.apiKeys = apiKeys;
    this.quotas = quotas;
    this.inferences = inferences;
    this.tls = tls;
  }

  /**
   * Takes over. A removed key is refused from now on, and sockets opened with it are closed;
   * requests that have started finish. Blocks briefly.
   *
   * @throws IOException if certificate or key cannot be used
   * @throws ConfigException if two tenants have the same API key
   */
  synchronized void apply(ServerConfig fresh) throws IOException {
    ServerConfig next =
        new ServerConfig(
            started.bind(),
            fresh.tls(),
            started.dataDirectory(),
            started.modelDirectories(),
            started.models(),
            fresh.tenants(),
            fresh.tenantsFile(),
            fresh.generateApiKey(),
            started.tryPage(),
            started.otlpEndpoint(),
            started.compute(),
            started.limits(),
            started.cluster());
    if ((fresh.tls().mode() == ServerConfig.TlsMode.PLAIN_HTTP) != (tls == null)) {
      throw new ConfigException("tls.mode: from or to PLAIN_HTTP needs a restart");
    }
    Runnable certificate = tls == null ? () -> {} : tls.prepare(next);
    List<ServerConfig.Tenant> tenants = Tenants.of(next);
    Runnable keys = apiKeys.prepare(tenants);
    Runnable shares = quotas.prepare(tenants);
    certificate.run();
    shares.run();
    keys.run();
    int closed = inferences.closeRevoked();
    LOG.info(
        "reloaded API keys and certificate; {} sockets of revoked keys closed{}",
        closed,
        tls == null ? "" : "; certificate " + tls.sha256());
    List<String> waiting = changed(fresh);
    if (!waiting.isEmpty()) {
      LOG.warn("changes of {} in the configuration take effect after a restart", waiting);
    }
  }

  private List<String> changed(ServerConfig fresh) {
    List<String> names = new ArrayList<>();
    for (RecordComponent member : ServerConfig.class.getRecordComponents()) {
      try {
        Object before = member.getAccessor().invoke(started);
        Object now = member.getAccessor().invoke(fresh);
        if (!RELOADED.contains(member.getName())
            && !String.valueOf(before).equals(String.valueOf(now))) {
          names.add(member.getName());
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(member.getName(), e);
      }
    }
    return names;
  }
}
