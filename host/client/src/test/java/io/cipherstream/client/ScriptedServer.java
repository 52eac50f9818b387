package io.cipherstream.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP server that says what a test wants and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {

  /** One answer. */
  record Answer(int status, String contentType, byte[] body) {
    static Answer json(int status, String body) {
      return new Answer(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private final HttpServer server;
  private final Map<String, Function<String, Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final List<String> idempotencyKeys = new CopyOnWriteArrayList<>();

  ScriptedServer() throws IOException {
    this(0);
  }

  ScriptedServer(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The request's body is given to the answer; if that throws, the connection is closed. */
  void on(String methodAndPath, Function<String, Answer> answer) {
    answers.put(methodAndPath, answer);
  }

  void on(String methodAndPath, int status, String json) {
    on(methodAndPath, body -> Answer.json(status, json));
  }

  /** Method and path of each request so far. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** The header of each POST that had it. */
  List<String> idempotencyKeys() {
    return List.copyOf(idempotencyKeys);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      requests.add(key);
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      String idempotencyKey = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      if (idempotencyKey != null && exchange.getRequestMethod().equals("POST")) {
        idempotencyKeys.add(idempotencyKey);
      }
      Answer answer =
          answers
              .getOrDefault(key, b -> Answer.json(404, "{}"))
              .apply(new String(body, StandardCharsets.UTF_8));
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(
          answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
