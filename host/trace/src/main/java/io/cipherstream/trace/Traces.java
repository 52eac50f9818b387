package io.cipherstream.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a program's spans go: nowhere, or to a receiver of OTLP over HTTP. Spans wait in memory for
 * their turn, at most {@value #WAITING_MAX} of them; those that find no room are dropped, so that a
 * receiver that is slow or gone costs nobody's answer. Thread-safe.
 */
public final class Traces implements AutoCloseable {

  private static final int WAITING_MAX = 2048;
  private static final int BATCH_MAX = 256;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int ATTRIBUTES_MAX = 16;
  private static final int LINKS_MAX = 64;
  private static final int VALUE_CHARACTERS_MAX = 128;
  private static final String PATH = "/v1/traces";

  private final @Nullable OpenTelemetrySdk sdk;

  private Traces(@Nullable OpenTelemetrySdk sdk) {
    this.sdk = sdk;
  }

  /** No traces. */
  public static Traces off() {
    return new Traces(null);
  }

  /**
   * Traces that a receiver gets.
   *
   * @param endpoint {@code http(s)://host[:port]}, to which {@code /v1/traces} is added; null for
   *     no traces
   * @param service name of the program, such as {@code cipherstream-gateway}
   * @throws IllegalArgumentException for another address
   */
  public static Traces to(@Nullable URI endpoint, String service, String version) {
    if (endpoint == null) {
      return off();
    }
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(address(endpoint))
            .setTimeout(TIMEOUT)
            .setConnectTimeout(TIMEOUT)
            .setRetryPolicy(null)
            .setMeterProvider(MeterProvider::noop)
            .build();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.builder()
                        .put("service.name", service)
                        .put("service.version", version)
                        .put("service.instance.id", UUID.randomUUID().toString())
                        .build()))
            .setSpanLimits(
                SpanLimits.builder()
                    .setMaxNumberOfAttributes(ATTRIBUTES_MAX)
                    .setMaxNumberOfLinks(LINKS_MAX)
                    .setMaxAttributeValueLength(VALUE_CHARACTERS_MAX)
                    .build())
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setMaxQueueSize(WAITING_MAX)
                    .setMaxExportBatchSize(BATCH_MAX)
                    .setScheduleDelay(EVERY)
                    .setExporterTimeout(TIMEOUT)
                    .setMeterProvider(MeterProvider.noop())
                    .build())
            .build();
    return new Traces(
        OpenTelemetrySdk.builder()
            .setTracerProvider(provider)
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build());
  }

  /**
   * Checks the address of a receiver.
   *
   * @throws IllegalArgumentException that says what was expected
   */
  public static void check(URI endpoint) {
    String unused = address(endpoint);
  }

  private static String address(URI endpoint) {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    String path = String.valueOf(endpoint.getPath());
    if (endpoint.getHost() == null
        || !(scheme.equals("http") || scheme.equals("https"))
        || endpoint.getUserInfo() != null
        || endpoint.getQuery() != null
        || endpoint.getFragment() != null
        || !(path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException(
          "address of a receiver of traces '"
              + endpoint
              + "': expected http(s)://host[:port], as in http://127.0.0.1:4318");
    }
    return scheme + "://" + endpoint.getRawAuthority() + PATH;
  }

  /** For the parts of the program, and for {@link RequestTracing}. */
  public OpenTelemetry telemetry() {
    return sdk == null ? OpenTelemetry.noop() : sdk;
  }

  /** Sends what waits, for at most five seconds. */
  @Override
  public void close() {
    if (sdk != null) {
      var unused = sdk.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
