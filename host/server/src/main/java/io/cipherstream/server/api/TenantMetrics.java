package io.cipherstream.server.api;

import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.session.Session;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Supplier;

/**
 * One tenant's part of the gauges, under the names that they have for the whole appliance: {@code
 * he_connections}, {@code he_sessions}, {@code he_session_key_bytes}, {@code he_tracks}, {@code
 * he_track_bytes}, {@code he_loaded_key_bytes}, {@code he_inferences_active}, {@code
 * he_inference_bytes}, {@code he_answers_today}. Nothing in it depends on another tenant.
 * Thread-safe.
 */
final class TenantMetrics {

  private final InferenceServices shared;
  private final Connections connections;

  TenantMetrics(ApiServices services) {
    this.shared = services.inference();
    this.connections = services.connections();
  }

  /** The text exposition format. */
  String scrape(String tenant) {
    List<Session> sessions =
        shared.registry().all().stream().filter(s -> s.tenant().equals(tenant)).toList();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try {
      gauge(
          registry, "he.connections", "Your open TCP connections", () -> connections.count(tenant));
      gauge(registry, "he.sessions", "Your sessions", sessions::size);
      gauge(
          registry,
          "he.session.key.bytes",
          "Bytes of stored keys of your sessions",
          () -> sessions.stream().mapToLong(Session::keyBytes).sum());
      gauge(registry, "he.tracks", "Your stored tracks", () -> shared.tracks().of(tenant).size());
      gauge(
          registry,
          "he.track.bytes",
          "Bytes of your stored tracks",
          () -> shared.tracks().bytes(tenant));
      gauge(
          registry,
          "he.loaded.key.bytes",
          "Bytes of your keys in memory, room reserved for loading included",
          () -> shared.keyCache().bytes(tenant));
      gauge(
          registry,
          "he.inferences.active",
          "Your admitted inferences",
          () -> shared.admission().active(tenant));
      gauge(
          registry,
          "he.inference.bytes",
          "Bytes that your admitted inferences may hold",
          () -> shared.admission().bytes(tenant));
      shared
          .answers()
          .taken(tenant)
          .forEach(
              (model, taken) ->
                  Gauge.builder("he.answers.today", () -> taken)
                      .description("Answers of a sealed model that you have had today (UTC)")
                      .tags("model", model)
                      .register(registry));
      return registry.scrape();
    } finally {
      registry.close();
    }
  }

  private static void gauge(
      PrometheusMeterRegistry registry, String name, String help, Supplier<Number> value) {
    Gauge.builder(name, value).description(help).register(registry);
  }
}
