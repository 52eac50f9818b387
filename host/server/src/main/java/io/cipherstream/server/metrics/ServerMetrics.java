package io.cipherstream.server.metrics;

import io.cipherstream.ckks.OperationObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The appliance's meters. A counter whose tags are known begins with 0, so that its first event is
 * an increase. Prometheus names: {@code he_build_info{version}}, {@code
 * he_inference_requests_total{model,version,outcome}}, {@code he_inference_seconds{model}}, {@code
 * he_queue_seconds}, {@code he_inference_part_seconds{part}}, {@code he_message_seconds{op}},
 * {@code he_compute_seconds{engine,op}}, {@code he_operation_seconds{engine,op,limbs}}, {@code
 * he_engine_fallbacks_total{engine,reason}}, {@code he_engine_cross_checks_total{engine,outcome}},
 * {@code he_session_key_bytes}, {@code he_loaded_key_bytes}, {@code he_sessions}, {@code
 * he_inferences_active}, {@code he_connections}, {@code he_problems_total{type}}, {@code
 * he_key_upload_bytes_total}, {@code he_key_uploads_resumed_total}, {@code
 * he_wire_bytes_total{direction}}, {@code he_answers_today{tenant,model}}, {@code
 * he_answer_budget_alarms_total{model,state}}, and by tenant {@code he_tenant_sessions_total},
 * {@code he_tenant_key_bytes_total}, {@code he_tenant_inferences_total{answered}}, {@code
 * he_tenant_compute_seconds_total}, {@code he_tenant_wire_bytes_total{direction}}.
 */
public final class ServerMetrics implements AutoCloseable {

  /** Bounds of the buckets of {@code he_inference_seconds}. */
  private static final Duration INFERENCE_MIN = Duration.ofMillis(50);

  private static final Duration INFERENCE_MAX = Duration.ofMinutes(5);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  public ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
    queue();
    keyUploads();
    uploadsResumed();
    wires("in");
    wires("out");
  }

  /** States the version of the program as a tag. */
  public void build(String version) {
    io.micrometer.core.instrument.Gauge.builder("he.build.info", () -> 1)
        .description("1, with the version of the appliance")
        .tags("version", version)
        .register(registry);
  }

  /** Watches the room of the file system of a folder, as {@code disk_free_bytes{path}}. */
  public void disk(Path folder) {
    new DiskSpaceMetrics(folder.toFile()).bindTo(registry);
  }

  /** Lets the counters of these problems begin, by their slugs. */
  public void knownProblems(Stream<String> slugs) {
    slugs.forEach(this::problems);
  }

  /** Lets the counters of an engine begin, with every reason for which it may be left. */
  public void knownEngine(String engine, Stream<String> reasons) {
    reasons.forEach(reason -> fallbacks(engine, reason));
    crossChecks(engine, true);
    crossChecks(engine, false);
    compute(engine, "step");
    compute(engine, "keys");
  }

  /** Lets the counters of a model begin. */
  public void knownModel(String model, String version) {
    requests(model, version, "ok");
    inferenceTime(model);
    budgetAlarms(model, "near");
    budgetAlarms(model, "spent");
  }

  /** A request went to the node of a cluster whose session it is about. */
  public void forwarded() {
    registry.counter("he.cluster.forwarded").increment();
  }

  /** A session came from another node of a cluster, which left. */
  public void sessionCame() {
    registry.counter("he.cluster.sessions.moved", "way", "here").increment();
  }

  /** A session went to another node of a cluster, since this one leaves. */
  public void sessionLeft() {
    registry.counter("he.cluster.sessions.moved", "way", "away").increment();
  }

  /** Registers a value that is read when metrics are. */
  public void gauge(String name, String help, Supplier<Number> value) {
    io.micrometer.core.instrument.Gauge.builder(name, value).description(help).register(registry);
  }

  /**
   * An inference ended.
   *
   * @param outcome {@code ok}, {@code cancelled} or a problem's slug
   * @param time since its admission; kept for {@code ok} only
   */
  public void inference(String model, String version, String outcome, Duration time) {
    requests(model, version, outcome).increment();
    if (outcome.equals("ok")) {
      inferenceTime(model).record(time);
    }
  }

  private Counter requests(String model, String version, String outcome) {
    return Counter.builder("he.inference.requests")
        .description("Inferences by outcome")
        .tags("model", model, "version", version, "outcome", outcome)
        .register(registry);
  }

  private Timer inferenceTime(String model) {
    return Timer.builder("he.inference")
        .description("Time from an inference's admission to its last envelope")
        .tags("model", model)
        .publishPercentileHistogram()
        .minimumExpectedValue(INFERENCE_MIN)
        .maximumExpectedValue(INFERENCE_MAX)
        .register(registry);
  }

  public void queued(Duration time) {
    queue().record(time);
  }

  private Timer queue() {
    return Timer.builder("he.queue")
        .description("Time a step waited for a processor")
        .publishPercentileHistogram()
        .register(registry);
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
    fallbacks(engine, reason).increment();
  }

  private Counter fallbacks(String engine, String reason) {
    return Counter.builder("he.engine.fallbacks")
        .description("Inferences that left their engine for SEAL")
        .tags("engine", engine, "reason", reason)
        .register(registry);
  }

  /** A program was computed again on SEAL; the outcome is {@code same} or {@code different}. */
  public void crossChecked(String engine, boolean same) {
    crossChecks(engine, same).increment();
  }

  private Counter crossChecks(String engine, boolean same) {
    return Counter.builder("he.engine.cross.checks")
        .description("Programs computed again on SEAL and compared")
        .tags("engine", engine, "outcome", same ? "same" : "different")
        .register(registry);
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
    compute(engine, op).record(time);
  }

  private Timer compute(String engine, String op) {
    return Timer.builder("he.compute")
        .description("Time spent computing")
        .tags("engine", engine, "op", op)
        .publishPercentileHistogram()
        .register(registry);
  }

  public void problem(String type) {
    problems(type).increment();
  }

  private Counter problems(String type) {
    return Counter.builder("he.problems")
        .description("Refusals and failures by problem type")
        .tags("type", type)
        .register(registry);
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
    budgetAlarms(model, state).increment();
  }

  private Counter budgetAlarms(String model, String state) {
    return Counter.builder("he.answer.budget.alarms")
        .description("Daily budgets of a tenant that are nearly or wholly spent")
        .tags("model", model, "state", state)
        .register(registry);
  }

  public void keyUploaded(long bytes) {
    keyUploads().increment((double) bytes);
  }

  /** An upload of a key went on after its connection broke. */
  public void uploadResumed() {
    uploadsResumed().increment();
  }

  private Counter uploadsResumed() {
    return Counter.builder("he.key.uploads.resumed")
        .description("Uploads of a key that went on after their connection broke")
        .register(registry);
  }

  private Counter keyUploads() {
    return Counter.builder("he.key.upload.bytes")
        .description("Bytes of keys received")
        .register(registry);
  }

  /** Bytes of envelopes of inferences; direction is {@code in} or {@code out}. */
  public void wire(String direction, long bytes) {
    wires(direction).increment((double) bytes);
  }

  private Counter wires(String direction) {
    return Counter.builder("he.wire.bytes")
        .description("Bytes of ciphertext envelopes")
        .tags("direction", direction)
        .register(registry);
  }

  /** A tenant made a session. */
  public void tenantSession(String tenant) {
    Counter.builder("he.tenant.sessions")
        .description("Sessions made, by tenant")
        .tags("tenant", tenant)
        .register(registry)
        .increment();
  }

  /** A tenant sent a key. */
  public void tenantKeyBytes(String tenant, long bytes) {
    Counter.builder("he.tenant.key.bytes")
        .description("Bytes of keys received, by tenant")
        .tags("tenant", tenant)
        .register(registry)
        .increment((double) bytes);
  }

  /** A tenant's inference ended. */
  public void tenantInference(String tenant, boolean answered) {
    Counter.builder("he.tenant.inferences")
        .description("Inferences, by tenant and whether they gave an answer")
        .tags("tenant", tenant, "answered", Boolean.toString(answered))
        .register(registry)
        .increment();
  }

  /** A tenant's step was computed. */
  public void tenantComputed(String tenant, Duration time) {
    Counter.builder("he.tenant.compute.seconds")
        .description("Time of steps, by tenant")
        .tags("tenant", tenant)
        .register(registry)
        .increment(time.toNanos() / 1e9);
  }

  /** Bytes of a tenant's ciphertexts. */
  public void tenantWire(String tenant, long in, long out) {
    tenantWire(tenant, "in").increment((double) in);
    tenantWire(tenant, "out").increment((double) out);
  }

  private Counter tenantWire(String tenant, String direction) {
    return Counter.builder("he.tenant.wire.bytes")
        .description("Bytes of ciphertext envelopes, by tenant")
        .tags("tenant", tenant, "direction", direction)
        .register(registry);
  }

  /** How often programs of an engine differed from SEAL's. */
  public long crossCheckFaults(String engine) {
    return (long) crossChecks(engine, false).count();
  }

  /** How often inferences left an engine. */
  public long fallbacks(String engine) {
    return registry.find("he.engine.fallbacks").tag("engine", engine).counters().stream()
        .mapToLong(counter -> (long) counter.count())
        .sum();
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
