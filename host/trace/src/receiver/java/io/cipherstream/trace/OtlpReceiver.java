package io.cipherstream.trace;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Receives traces by OTLP over HTTP on a free port, as a collector does, and keeps them. */
public final class OtlpReceiver implements AutoCloseable {

  /** A span and the program that sent it. */
  public record Received(String service, Span span) {

    public String name() {
      return span.getName();
    }

    public String trace() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    /** Its own id. */
    public String id() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    /** Its parent's id; empty for a root. */
    public String parent() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    /** An attribute's text; empty if it is not there or no text. */
    public String text(String key) {
      return span.getAttributesList().stream()
          .filter(attribute -> attribute.getKey().equals(key))
          .map(attribute -> attribute.getValue().getStringValue())
          .findFirst()
          .orElse("");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> spans = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.setExecutor(threads);
    server.start();
  }

  /** For {@code --otlp-endpoint}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      keep(body, exchange.getRequestHeaders().toString());
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1); // an answer without members has no bytes
    }
  }

  private synchronized void keep(byte[] body, String headers)
      throws InvalidProtocolBufferException {
    bytes.writeBytes(body);
    bytes.writeBytes(headers.getBytes(StandardCharsets.ISO_8859_1));
    for (ResourceSpans resource :
        ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
      String service =
          resource.getResource().getAttributesList().stream()
              .filter(attribute -> attribute.getKey().equals("service.name"))
              .map(KeyValue::getValue)
              .map(value -> value.getStringValue())
              .findFirst()
              .orElse("");
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        scope.getSpansList().forEach(span -> spans.add(new Received(service, span)));
      }
    }
    notifyAll();
  }

  /** All that came so far. */
  public synchronized List<Received> spans() {
    return List.copyOf(spans);
  }

  /** All that came so far, as bytes with the headers, one character each. */
  public synchronized String raw() {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** Waits for a span. */
  public synchronized Received await(Predicate<Received> wanted)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      for (Received span : spans) {
        if (wanted.test(span)) {
          return span;
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(
            "no such span; there are " + spans.stream().map(Received::name).toList());
      }
      wait(left);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
