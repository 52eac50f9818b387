package io.cipherstream.server.metrics;

import io.cipherstream.ckks.OperationObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The appliance's meters. Prometheus names: {@code
 * he_inference_requests_total{model,version,outcome}}, {@code he_queue_seconds}, {@code
 * he_inference_part_seconds{part}}, {@code he_message_seconds{op}}, {@code
 * he_compute_seconds{engine,op}}, {@code he_operation_seconds{engine,op,limbs}}, {@code
 * he_engine_fallbacks_total{engine,reason}}, {@code he_engine_cross_checks_total{engine,outcome}},
 * {@code he_session_key_bytes}, {@code he_loaded_key_bytes}, {@code he_sessions}, {@code
 * he_inferences_active}, {@code he_connections}, {@code he_problems_total{type}}, {@code
 * he_key_upload_bytes_total}, {@code he_wire_bytes_total{direction}}, {@code
 * he_answers_today{tenant,model}}, {@code he_answer_budget_alarms_total{model,state}}.
 */
public final class ServerMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  public ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** Registers a value that is read when metrics are. */
  public void gauge(String name, String help, Supplier<Number> value) {
    io.micrometer.core.instrument.Gauge.builder(name, value).description(help).register(registry);
  }

  /** An inference ended; the outcome is {@code ok}, {@code cancelled} or a problem's slug. */
  public void inference(String model, String version, String outcome) {
    Counter.builder("he.inference.requests")
        .description("Inferences by outcome")
        .tags("model", model, "version", version, "outcome", outcome)
        .register(registry)
        .increment();
  }

  public void queued(Duration time) {
    Timer.builder("he.queue")
        .description("Time a step waited for a processor")
        .publishPercentileHistogram()
        .register(registry)
        .record(time);
  }

  /**
   * An observer that records every CKKS operation as {@code he_operation_seconds{engine,op,limbs}}
   * and the products of its sums as {@code he_operation_terms_total}. Its meters are looked up
   * once, since it is called thousands of times per sentence.
   */
  public OperationObserver operations(String engine) {
    Map<List<Object>, Timer> timers = new ConcurrentHashMap<>();
    Map<List<Object>, Counter> terms = new ConcurrentHashMap<>();
    return (operation, limbs, count, nanos) -> {
      List<Object> key = List.of(operation, limbs);
      timers
          .computeIfAbsent(key, k -> operationTimer(engine, operation, limbs))
          .record(nanos, TimeUnit.NANOSECONDS);
      terms.computeIfAbsent(key, k -> operationTerms(engine, operation, limbs)).increment(count);
    };
  }

  private Timer operationTimer(String engine, OperationObserver.Operation operation, int limbs) {
    return Timer.builder("he.operation")
        .description("Thread time of CKKS operations")
        .tags("engine", engine, "op", operation.label(), "limbs", Integer.toString(limbs))
        .register(registry);
  }

  private Counter operationTerms(String engine, OperationObserver.Operation operation, int limbs) {
    return Counter.builder("he.operation.terms")
        .description("Products in sums, rows encoded, or single operations")
        .tags("engine", engine, "op", operation.label(), "limbs", Integer.toString(limbs))
        .register(registry);
  }

  /** An inference was computed again on SEAL because its engine failed. */
  public void engineFallback(String engine, String reason) {
    Counter.builder("he.engine.fallbacks")
        .description("Inferences that left their engine for SEAL")
        .tags("engine", engine, "reason", reason)
        .register(registry)
        .increment();
  }

  /** A program was computed again on SEAL; the outcome is {@code same} or {@code different}. */
  public void crossChecked(String engine, boolean same) {
    Counter.builder("he.engine.cross.checks")
        .description("Programs computed again on SEAL and compared")
        .tags("engine", engine, "outcome", same ? "same" : "different")
        .register(registry)
        .increment();
  }

  /** A part of an inference ended: {@code wait}, {@code receive}, {@code step} or {@code send}. */
  public void inferencePart(String part, Duration time) {
    Timer.builder("he.inference.part")
        .description("Time of inferences by what they are at")
        .tags("part", part)
        .register(registry)
        .record(time);
  }

  /** A message was checked and unpacked, or packed; op is {@code decode} or {@code encode}. */
  public void message(String op, Duration time) {
    Timer.builder("he.message")
        .description("Thread time of decoding and encoding messages")
        .tags("op", op)
        .register(registry)
        .record(time);
  }

  /** One step of computation; op is {@code step} or {@code keys} (loading). */
  public void computed(String engine, String op, Duration time) {
    Timer.builder("he.compute")
        .description("Time spent computing")
        .tags("engine", engine, "op", op)
        .publishPercentileHistogram()
        .register(registry)
        .record(time);
  }

  public void problem(String type) {
    Counter.builder("he.problems")
        .description("Refusals and failures by problem type")
        .tags("type", type)
        .register(registry)
        .increment();
  }

  /** Registers how many answers of a sealed model a tenant has had today. */
  public void answersToday(String tenant, String model, Supplier<Number> taken) {
    io.micrometer.core.instrument.Gauge.builder("he.answers.today", taken)
        .description("Answers of a sealed model that a tenant has had today (UTC)")
        .tags("tenant", tenant, "model", model)
        .register(registry);
  }

  /**
   * A tenant's answers of a sealed model are nearly or wholly used up; the state is {@code near} or
   * {@code spent}.
   */
  public void budgetAlarm(String model, String state) {
    Counter.builder("he.answer.budget.alarms")
        .description("Daily budgets of a tenant that are nearly or wholly spent")
        .tags("model", model, "state", state)
        .register(registry)
        .increment();
  }

  public void keyUploaded(long bytes) {
    Counter.builder("he.key.upload.bytes")
        .description("Bytes of keys received")
        .register(registry)
        .increment((double) bytes);
  }

  /** Bytes of envelopes of inferences; direction is {@code in} or {@code out}. */
  public void wire(String direction, long bytes) {
    Counter.builder("he.wire.bytes")
        .description("Bytes of ciphertext envelopes")
        .tags("direction", direction)
        .register(registry)
        .increment((double) bytes);
  }

  /** The text exposition format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
