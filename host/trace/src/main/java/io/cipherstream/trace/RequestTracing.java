package io.cipherstream.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The spans of Vert.x for requests that come in and go out, without what Vert.x would say of them:
 * method, address and failure are the caller's words. Whoever answers a request names its span.
 */
public final class RequestTracing implements VertxTracer<Object, Object> {

  private static final String RECEIVED = "request";
  private static final String SENT = "forward";

  private final VertxTracer<Object, Object> tracer;
  private final Predicate<String> untraced;

  @SuppressWarnings("unchecked") // what it makes is given back to it alone
  private RequestTracing(VertxTracer<?, ?> tracer, Predicate<String> untraced) {
    this.tracer = (VertxTracer<Object, Object>) tracer;
    this.untraced = untraced;
  }

  /**
   * For {@code Vertx.builder().withTracer}.
   *
   * @param untraced paths of requests without a span, as those of probes
   */
  public static VertxTracerFactory of(OpenTelemetry telemetry, Predicate<String> untraced) {
    return options ->
        new RequestTracing(
            new OpenTelemetryTracingFactory(telemetry).tracer(new TracingOptions()), untraced);
  }

  @Override
  public <R> @Nullable Object receiveRequest(
      Context context,
      SpanKind kind,
      TracingPolicy policy,
      R request,
      String operation,
      Iterable<Map.Entry<String, String>> headers,
      TagExtractor<R> tags) {
    if (request instanceof HttpServerRequest known && untraced.test(String.valueOf(known.path()))) {
      return null;
    }
    return tracer.receiveRequest(
        context, kind, policy, request, RECEIVED, headers, TagExtractor.empty());
  }

  @Override
  public <R> void sendResponse(
      Context context, R response, Object span, Throwable failure, TagExtractor<R> tags) {
    tracer.sendResponse(context, response, span, null, tags); // the status alone
  }

  @Override
  public <R> Object sendRequest(
      Context context,
      SpanKind kind,
      TracingPolicy policy,
      R request,
      String operation,
      BiConsumer<String, String> headers,
      TagExtractor<R> tags) {
    return tracer.sendRequest(context, kind, policy, request, SENT, headers, TagExtractor.empty());
  }

  @Override
  public <R> void receiveResponse(
      Context context, R response, Object span, Throwable failure, TagExtractor<R> tags) {
    tracer.receiveResponse(context, response, span, null, tags);
  }

  @Override
  public void close() {
    tracer.close();
  }
}
