package io.cipherstream.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans. What a span may say is here: names, counts and outcomes of the program's own. No
 * text, answer or key may be written into one, and of failures only their class. Thread-safe.
 */
public final class Spans {

  /** Name of a model. */
  public static final AttributeKey<String> MODEL = AttributeKey.stringKey("cipherstream.model");

  /** Inference mode. */
  public static final AttributeKey<String> MODE = AttributeKey.stringKey("cipherstream.mode");

  /** Token class or size of the plan. */
  public static final AttributeKey<Long> TOKEN_CLASS =
      AttributeKey.longKey("cipherstream.token_class");

  /** Questions. */
  public static final AttributeKey<Long> TEXTS = AttributeKey.longKey("cipherstream.texts");

  /** Index of a round; −1 for the inputs. */
  public static final AttributeKey<Long> ROUND = AttributeKey.longKey("cipherstream.round");

  /** Bytes on the network. */
  public static final AttributeKey<Long> BYTES = AttributeKey.longKey("cipherstream.bytes");

  /** What computed. */
  public static final AttributeKey<String> ENGINE = AttributeKey.stringKey("cipherstream.engine");

  /** {@code ok}, {@code cancelled} or the kind of a refusal. */
  public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("cipherstream.outcome");

  /** A request's id, which its answer and the log have too. */
  public static final AttributeKey<String> REQUEST = AttributeKey.stringKey("cipherstream.request");

  /** Class of a failure. */
  public static final AttributeKey<String> FAILURE = AttributeKey.stringKey("error.type");

  /** Method of a request. */
  public static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

  /** Status of an answer. */
  public static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

  /** Header and member by which W3C's trace context is passed on. */
  public static final String TRACEPARENT = "traceparent";

  /** Form of its value. */
  public static final String TRACEPARENT_FORM = "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}";

  private static final TextMapGetter<String> VALUE =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
          return java.util.List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
          return key.equals(TRACEPARENT) ? carrier : null;
        }
      };

  private final Tracer tracer;

  public Spans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("io.cipherstream");
  }

  /** A span to be, a child of the current one. */
  public SpanBuilder span(String name) {
    return tracer.spanBuilder(name);
  }

  /** Does work in a span of that name, a child of the current one. */
  public <T> T in(String name, Supplier<T> work) {
    return in(span(name).startSpan(), work);
  }

  /** Does work in a span that has begun, and ends it. */
  public static <T> T in(Span span, Supplier<T> work) {
    try (Scope inside = span.makeCurrent()) {
      return work.get();
    } catch (RuntimeException | Error e) {
      failed(span, e);
      throw e;
    } finally {
      span.end();
    }
  }

  /** Does work without a result in a span that has begun, and ends it. */
  public static void run(Span span, Runnable work) {
    Object unused =
        in(
            span,
            () -> {
              work.run();
              return work;
            });
  }

  /** Marks a span; of the failure's message nothing is written. */
  public static void failed(Span span, Throwable failure) {
    span.setStatus(StatusCode.ERROR);
    span.setAttribute(FAILURE, failure.getClass().getName());
  }

  /** The current span as W3C's trace context; empty if there is none. */
  public static Optional<String> traceparent() {
    Map<String, String> headers = new HashMap<>();
    W3CTraceContextPropagator.getInstance().inject(Context.current(), headers, Map::put);
    return Optional.ofNullable(headers.get(TRACEPARENT));
  }

  /**
   * The context of a span elsewhere; the current one if the value is null or not of that form.
   *
   * @param traceparent of {@link #traceparent}, from outside
   */
  public static Context context(@Nullable String traceparent) {
    Context current = Context.current();
    return traceparent == null
        ? current
        : W3CTraceContextPropagator.getInstance().extract(current, traceparent, VALUE);
  }
}
