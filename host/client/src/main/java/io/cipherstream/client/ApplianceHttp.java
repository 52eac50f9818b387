package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.trace.Spans;
import io.cipherstream.wire.InferTensors;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Plain requests to an appliance: bounded answers, problems as typed errors, one retry policy
 * ({@link Patience}). Every request that is retried is idempotent. Safe for concurrent use.
 */
final class ApplianceHttp {

  private static final int TEXT_BYTES_MAX = 1 << 24;

  static final ObjectMapper JSON = new ObjectMapper();

  private static final String BINARY = "application/octet-stream";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String UPLOAD_OFFSET = "Upload-Offset";

  private final HttpClient http;
  private final ClientOptions options;
  private final AnswerBodies bodies;
  private volatile boolean answered;

  ApplianceHttp(ClientOptions options) {
    this.options = options;
    this.bodies = new AnswerBodies(options);
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(options.connectTimeout())
            .sslContext(options.trust().sslContext())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  HttpClient http() {
    return http;
  }

  /** Makes the spans of requests, and of what they are for. */
  Spans spans() {
    return options.spans();
  }

  URI resolve(String path) {
    String base = options.server().toString();
    return URI.create(
        base.endsWith("/") ? base.substring(0, base.length() - 1) + path : base + path);
  }

  JsonNode get(String path) {
    return retrying(request(path).GET().build(), bodies::json);
  }

  /** An answer that is text, at most 16 MiB of it. */
  String text(String path) {
    return retrying(
        request(path).GET().build(),
        answer -> {
          try {
            return new String(bodies.body(answer, TEXT_BYTES_MAX), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw connectionFailure(options.server(), e);
          }
        });
  }

  /** Without a retry when the appliance is busy. */
  JsonNode getOnce(String path) {
    HttpResponse<InputStream> answer = sendOnce(request(path).GET().build());
    if (answer.statusCode() >= 300) {
      throw new ServerProblemException(bodies.problem(answer));
    }
    return bodies.json(answer);
  }

  /**
   * @param idempotencyKey by which the appliance knows the request when it is made again
   */
  JsonNode post(String path, JsonNode body, String idempotencyKey) {
    return retrying(postRequest(path, body, idempotencyKey).build(), bodies::json);
  }

  /**
   * As {@link #post(String, JsonNode, String)}.
   *
   * @param session the session's id, by which a cluster finds the node that has it
   */
  JsonNode post(String path, String session, JsonNode body, String idempotencyKey) {
    HttpRequest request =
        postRequest(path, body, idempotencyKey).header(InferTensors.SESSION, session).build();
    return retrying(request, bodies::json);
  }

  private HttpRequest.Builder postRequest(String path, JsonNode body, String idempotencyKey) {
    return request(path)
        .header("Content-Type", "application/json")
        .header(IDEMPOTENCY_KEY, "\"" + idempotencyKey + "\"")
        .POST(BodyPublishers.ofString(body.toString()));
  }

  /** Sends a body of exactly {@code length} bytes, which is read again for a retry. */
  JsonNode put(String path, Supplier<InputStream> body, long length) {
    HttpRequest request =
        request(path)
            .header("Content-Type", BINARY)
            .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(body), length))
            .build();
    return retrying(request, bodies::json);
  }

  /**
   * Sends a body of exactly {@code length} bytes. If the connection breaks, the upload goes on
   * behind what the appliance has received of it.
   *
   * @param body the same bytes each time
   * @param idempotencyKey by which the appliance knows the upload when it goes on
   */
  JsonNode upload(String path, Supplier<InputStream> body, long length, String idempotencyKey) {
    AtomicBoolean begun = new AtomicBoolean();
    return retrying(
        () -> {
          long offset = begun.getAndSet(true) ? offset(path, length, idempotencyKey) : 0;
          HttpRequest.Builder request =
              request(path)
                  .header("Content-Type", BINARY)
                  .header(IDEMPOTENCY_KEY, "\"" + idempotencyKey + "\"");
          if (offset > 0) {
            request.header(UPLOAD_OFFSET, String.valueOf(offset));
          }
          return request
              .PUT(
                  offset == length
                      ? BodyPublishers.noBody()
                      : BodyPublishers.fromPublisher(
                          BodyPublishers.ofInputStream(() -> behind(body.get(), offset)),
                          length - offset))
              .build();
        },
        bodies::json);
  }

  /** Bytes of an upload that the appliance has; 0 if it has none, or cannot go on with uploads. */
  private long offset(String path, long length, String idempotencyKey) {
    HttpRequest request =
        request(path)
            .header(IDEMPOTENCY_KEY, "\"" + idempotencyKey + "\"")
            .method("HEAD", BodyPublishers.noBody())
            .build();
    HttpResponse<InputStream> answer = sendOnce(request);
    bodies.drain(answer);
    long offset = answer.headers().firstValueAsLong(UPLOAD_OFFSET).orElse(0);
    return answer.statusCode() == 204 && offset > 0 && offset <= length ? offset : 0;
  }

  private static InputStream behind(InputStream body, long offset) {
    try {
      body.skipNBytes(offset);
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Requests an inference, once, since its id is accepted only once.
   *
   * @param session the session's id, by which a cluster finds the node that has it
   * @param headerBytes bytes of the JSON at the beginning
   * @param parts the body
   * @param bytesMax longest answer that is read
   */
  AnswerBodies.Binary infer(
      String path, String session, int headerBytes, List<byte[]> parts, int bytesMax) {
    SentParts sent = new SentParts(parts);
    HttpResponse<InputStream> answer =
        traced(
            inferRequest(path, session, headerBytes, sent).build(),
            traced -> {
              sent.begin(spans());
              try {
                return awaited(traced);
              } finally {
                sent.end();
              }
            });
    if (answer.statusCode() >= 300) {
      throw new ServerProblemException(bodies.problem(answer));
    }
    return bodies.binary(answer, bytesMax);
  }

  /**
   * Requests an inference whose answer is fetched later; returns its job. The body is that of
   * {@link #infer}.
   *
   * @param idempotencyKey by which the appliance knows the request when it is made again
   */
  JsonNode submit(
      String path, String session, int headerBytes, List<byte[]> parts, String idempotencyKey) {
    HttpRequest request =
        inferRequest(path, session, headerBytes, new SentParts(parts))
            .header("Prefer", "respond-async")
            .header(IDEMPOTENCY_KEY, "\"" + idempotencyKey + "\"")
            .build();
    return retrying(request, bodies::json);
  }

  /**
   * A job; the answer comes when it is over, or after that time.
   *
   * @param seconds at most 30
   */
  JsonNode job(String job, int seconds) {
    return retrying(
        request("/v2/jobs/" + job).header("Prefer", "wait=" + seconds).GET().build(), bodies::json);
  }

  /** What a job was answered. */
  AnswerBodies.Binary jobResult(String job, int bytesMax) {
    return retrying(
        request("/v2/jobs/" + job + "/result").GET().build(),
        answer -> bodies.binary(answer, bytesMax));
  }

  private HttpRequest.Builder inferRequest(
      String path, String session, int headerBytes, SentParts parts) {
    return request(path)
        .header("Content-Type", BINARY)
        .header(InferTensors.HEADER_LENGTH, String.valueOf(headerBytes))
        .header(InferTensors.SESSION, session)
        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(parts), parts.bytes()));
  }

  /** Removes a resource; it is no error if it is already gone. */
  void delete(String path) {
    HttpResponse<InputStream> answer = sendOnce(request(path).DELETE().build());
    bodies.drain(answer);
    if (answer.statusCode() >= 300 && answer.statusCode() != 404 && answer.statusCode() != 410) {
      throw new ServerProblemException(Problem.ofStatus(answer.statusCode()));
    }
  }

  /** The answer's body as a stream that the caller closes. */
  InputStream download(String path) {
    return retrying(request(path).GET().build(), HttpResponse::body);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(resolve(path)).timeout(options.replyTimeout());
    options.apiKey().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request;
  }

  /** A new limit on how long one request may be retried. */
  Patience patience() {
    return new Patience(options);
  }

  private <T> T retrying(HttpRequest request, Function<HttpResponse<InputStream>, T> reader) {
    return retrying(() -> request, reader);
  }

  /**
   * @param request makes the request for each time that it is sent
   */
  private <T> T retrying(
      Supplier<HttpRequest> request, Function<HttpResponse<InputStream>, T> reader) {
    Patience patience = patience();
    while (true) {
      try {
        HttpResponse<InputStream> answer = sendOnce(request.get());
        if (answer.statusCode() < 300) {
          return reader.apply(answer);
        }
        throw new ServerProblemException(bodies.problem(answer));
      } catch (ClientException e) {
        boolean known = answered || options.waitsForFirstAnswer();
        if (!known || !patience.pause(e)) {
          throw e;
        }
      }
    }
  }

  /** Makes a request in a span of its own if it belongs to a trace; the appliance continues it. */
  private HttpResponse<InputStream> traced(
      HttpRequest request, Function<HttpRequest, HttpResponse<InputStream>> way) {
    if (!Span.current().getSpanContext().isValid()) {
      return way.apply(request);
    }
    Span span =
        spans()
            .span(request.method())
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute(Spans.METHOD, request.method())
            .startSpan();
    return Spans.in(
        span,
        () -> {
          HttpRequest.Builder traced = HttpRequest.newBuilder(request, (name, value) -> true);
          Spans.traceparent().ifPresent(value -> traced.setHeader(Spans.TRACEPARENT, value));
          HttpResponse<InputStream> answer = way.apply(traced.build());
          span.setAttribute(Spans.STATUS, answer.statusCode());
          return answer;
        });
  }

  /** As {@link #sendOnce}, with a sign of life each second. */
  private HttpResponse<InputStream> awaited(HttpRequest request) {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request, BodyHandlers.ofInputStream());
    while (true) {
      try {
        HttpResponse<InputStream> here = answer.get(1, TimeUnit.SECONDS);
        answered = true;
        return here;
      } catch (TimeoutException e) {
        options.progress().progress("waiting for the answer", 0, 0);
      } catch (ExecutionException e) {
        throw connectionFailure(options.server(), e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        answer.cancel(true);
        throw interrupted(e);
      }
    }
  }

  private static ClientException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ClientException(Kind.LOCAL, "interrupted while waiting for the appliance", e);
  }

  private HttpResponse<InputStream> sendOnce(HttpRequest request) {
    return traced(request, this::sent);
  }

  private HttpResponse<InputStream> sent(HttpRequest request) {
    try {
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      answered = true;
      return answer;
    } catch (IOException e) {
      throw connectionFailure(options.server(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** The typed error for a connection that failed or broke. */
  static ClientException connectionFailure(URI server, Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SSLException) {
        return new ClientException(
            Kind.UNTRUSTED,
            "TLS with "
                + server
                + " failed: "
                + deepestMessage(t)
                + "; give the appliance's certificate or its fingerprint",
            cause);
      }
      if (t instanceof HttpTimeoutException && !(t instanceof HttpConnectTimeoutException)) {
        return new ClientException(Kind.TIMEOUT, server + " did not answer in time", cause);
      }
      if (t instanceof ConnectException) {
        return new ClientException(
            Kind.UNREACHABLE, "no appliance answers at " + server + "; is it running?", cause);
      }
    }
    return new ClientException(
        Kind.UNREACHABLE,
        "the connection to " + server + " failed: " + deepestMessage(cause),
        cause);
  }

  private static String deepestMessage(Throwable t) {
    Throwable deepest = t;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }
}
