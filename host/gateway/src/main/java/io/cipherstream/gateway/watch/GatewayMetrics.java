package io.cipherstream.gateway.watch;

import io.cipherstream.client.InferenceReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The gateway's meters. Every tag is a name of the gateway's own, never a word of a request.
 * Prometheus names: {@code gateway_requests_total{door,operation,outcome}}, {@code
 * gateway_request_seconds{door,operation}}, {@code gateway_inference_seconds{model}}, {@code
 * gateway_appliance_seconds{model}}, {@code gateway_tokens_total{model}}, {@code
 * gateway_wire_bytes_total{model,direction}}, {@code gateway_questions_merged_total{model}}, {@code
 * gateway_questions_waiting{model}}, {@code gateway_model_ready{model}}, {@code
 * gateway_appliance_healthy{appliance}}, {@code gateway_moves_total{model}}, {@code
 * gateway_keys_ended_total}, {@code gateway_connections}. Thread-safe.
 */
public final class GatewayMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  public GatewayMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** A request was answered; the outcome is {@code ok} or a problem's slug. */
  public void request(String door, String operation, String outcome, Duration time) {
    Counter.builder("gateway.requests")
        .description("Requests by outcome")
        .tags("door", door, "operation", operation, "outcome", outcome)
        .register(registry)
        .increment();
    Timer.builder("gateway.request")
        .description("Time from a request's head to its answer")
        .tags("door", door, "operation", operation)
        .publishPercentileHistogram()
        .register(registry)
        .record(time);
  }

  /** An inference gave an answer. */
  public void inference(String model, InferenceReport report) {
    timer("gateway.inference", "Time of an inference at the client", model, report.totalSeconds());
    timer("gateway.appliance", "Time waited for the appliance", model, report.serverSeconds());
    tokens(model, report.tokens());
    wire(model, "up", report.bytesUp() + report.keyBytes());
    wire(model, "down", report.bytesDown());
  }

  /** A question was answered by an inference that is counted already. */
  public void tokens(String model, int tokens) {
    count("gateway.tokens", "Tokens of answered questions", model, tokens);
  }

  /** A question was joined to a waiting one that is the same. */
  public void merged(String model) {
    count("gateway.questions.merged", "Questions answered together with the same one", model, 1);
  }

  /** A model's questions go to another appliance from now on. */
  public void moved(String model) {
    count("gateway.moves", "Changes of a model's appliance", model, 1);
  }

  /** Secret keys were deleted because they were too old. */
  public void rotated(int keys) {
    Counter.builder("gateway.keys.ended")
        .description("Secret keys replaced for their age")
        .register(registry)
        .increment(keys);
  }

  /** Registers a value that is read when metrics are; the tag is {@code model} or the like. */
  public void gauge(String name, String help, String tag, String of, Supplier<Number> value) {
    Gauge.builder(name, value).description(help).tags(tag, of).register(registry);
  }

  /** Registers a value of the whole gateway. */
  public void gauge(String name, String help, Supplier<Number> value) {
    Gauge.builder(name, value).description(help).register(registry);
  }

  /** The text exposition format. */
  public String scrape() {
    return registry.scrape();
  }

  private void timer(String name, String help, String model, double seconds) {
    Timer.builder(name)
        .description(help)
        .tags("model", model)
        .publishPercentileHistogram()
        .register(registry)
        .record((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
  }

  private void count(String name, String help, String model, long by) {
    Counter.builder(name)
        .description(help)
        .tags("model", model)
        .register(registry)
        .increment((double) by);
  }

  private void wire(String model, String direction, long bytes) {
    Counter.builder("gateway.wire.bytes")
        .description("Bytes of ciphertexts and keys")
        .tags("model", model, "direction", direction)
        .register(registry)
        .increment((double) bytes);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
