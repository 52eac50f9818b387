package io.cipherstream.server;

import io.cipherstream.server.api.Connections;
import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ModelCatalog;
import io.cipherstream.server.session.Session;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gauges of an appliance, which read its parts whenever metrics are asked for. */
final class ApplianceGauges {

  private ApplianceGauges() {}

  /**
   * Adds them to the metrics.
   *
   * @param tls null for plain HTTP
   * @param cluster null for an appliance that stands alone
   */
  static void add(
      InferenceServices services,
      MemoryPlan memory,
      Connections connections,
      Supplier<Number> weightBytes,
      Path dataDirectory,
      @Nullable TlsIdentity tls,
      @Nullable Cluster cluster) {
    ServerMetrics metrics = services.metrics();
    ModelCatalog catalog = services.catalog();
    metrics.build(ServerVersion.CURRENT);
    metrics.disk(dataDirectory);
    metrics.knownProblems(Arrays.stream(ProblemType.values()).map(ProblemType::slug));
    if (tls != null) {
      metrics.gauge(
          "he.certificate.end.seconds",
          "When the TLS certificate ends, in seconds since 1970",
          () -> tls.notAfter().getEpochSecond());
    }
    metrics.gauge(
        "he.session.key.bytes",
        "Bytes of stored keys of all sessions",
        () -> services.registry().all().stream().mapToLong(Session::keyBytes).sum());
    metrics.gauge(
        "he.loaded.key.bytes",
        "Bytes of keys in memory, room reserved for loading included",
        services.keyCache()::bytes);
    metrics.gauge(
        "he.key.waiting", "Inferences that wait for room for keys", services.keyCache()::waiting);
    metrics.gauge(
        "he.inference.bytes",
        "Bytes that admitted inferences may hold",
        services.admission()::bytes);
    metrics.gauge("he.weight.bytes", "Bytes of encoded weights", weightBytes);
    memory(metrics, "total", memory.totalBytes());
    memory(metrics, "heap", memory.heapBytes());
    memory(metrics, "weights", memory.weightBytes());
    memory(metrics, "keys", memory.keyBytes());
    memory(metrics, "inferences", memory.inferenceBytes());
    memory(metrics, "engine", memory.engineBytes());
    memory(metrics, "reserve", memory.reserveBytes());
    metrics.gauge("he.models.served", "Models that are served", () -> catalog.all().size());
    metrics.gauge("he.models.left.out", "Models that could not be loaded", catalog::failed);
    int nodes = cluster == null ? 1 : cluster.others().size() + 1;
    metrics.gauge("he.cluster.nodes", "Nodes in the configuration, with this one", () -> nodes);
    metrics.gauge(
        "he.cluster.nodes.up",
        "Nodes that are up, with this one",
        () -> cluster == null ? nodes : cluster.up().size());
    metrics.gauge("he.tracks", "Stored tracks", services.tracks()::count);
    metrics.gauge("he.track.bytes", "Bytes of stored tracks", services.tracks()::bytes);
    metrics.gauge("he.jobs", "Jobs, those that are over included", services.jobs()::count);
    metrics.gauge("he.sessions", "Sessions", () -> services.registry().all().size());
    metrics.gauge("he.inferences.active", "Admitted inferences", services.admission()::active);
    metrics.gauge("he.queue.length", "Steps waiting", services.scheduler()::waiting);
    metrics.gauge("he.connections", "Open TCP connections", connections::count);
  }

  private static void memory(ServerMetrics metrics, String part, long bytes) {
    metrics.gauge("he.memory." + part + ".bytes.max", "Budget in bytes: " + part, () -> bytes);
  }
}
