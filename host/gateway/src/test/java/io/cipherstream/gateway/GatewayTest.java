package io.cipherstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.gateway.door.GatewayLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who may come in, what one caller may take, how the gateway ends, and what it never writes. */
class GatewayTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String MARKER = "xyzzy4711";
  private static final GatewayLimits SMALL = new GatewayLimits(4096, 4, 200, 2, 16, 1, 1, 1, 20);

  @Test
  void isOpenToOtherMachinesOnlyWithTlsAndAToken() {
    assertThatThrownBy(() -> options("0.0.0.0", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0.0.0")
        .hasMessageContaining("TLS certificate and a token");
    assertThatThrownBy(() -> options("0.0.0.0", Optional.of(TOKEN)))
        .hasMessageContaining("in the clear");
    assertThatThrownBy(() -> options("127.0.0.1", Optional.of("short")))
        .hasMessageContaining("at least 16");
    assertThat(options("::1", Optional.empty()).toString()).doesNotContain("token");
  }

  private static GatewayOptions options(String host, Optional<String> token) {
    return new GatewayOptions(
        host, 0, OptionalInt.empty(), Optional.empty(), token, GatewayLimits.DEFAULTS);
  }

  @Test
  void asksForTheTokenEverywhereButAtHealth() throws Exception {
    try (RunningGateway gateway = new RunningGateway(Optional.of(TOKEN), GatewayLimits.DEFAULTS)) {
      Answered none = gateway.get("/v1/models");
      assertThat(none.status()).isEqualTo(401);
      assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(none.json().path("error").path("code").asText()).isEqualTo("invalid_api_key");
      Answered wrong =
          gateway.send(
              gateway.request("/v1/models").header("Authorization", "Bearer " + TOKEN + "0"));
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.text()).doesNotContain(TOKEN);
      assertThat(gateway.get("/metrics").status()).isEqualTo(401);
      assertThat(gateway.get("/health/ready").status()).isEqualTo(200);
      assertThat(gateway.get("/health/live").status()).isEqualTo(200);
      Answered right =
          gateway.send(gateway.request("/v1/models").header("Authorization", "bearer " + TOKEN));
      assertThat(right.status()).isEqualTo(200);
      assertThat(gateway.log()).doesNotContain(TOKEN);
    }
  }

  @Test
  void answersNoPageOfAnotherSite() throws Exception {
    try (RunningGateway gateway = new RunningGateway()) {
      Answered other =
          gateway.send(gateway.request("/v1/models").header("Origin", "https://example.org"));
      assertThat(other.status()).isEqualTo(403);
      Answered own = gateway.send(gateway.request("/v1/models").header("Origin", gateway.url()));
      assertThat(own.status()).isEqualTo(200);
      Answered text =
          gateway.send(
              gateway
                  .request("/v1/embeddings")
                  .header("Content-Type", "text/plain")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"model\":\"embedding\",\"input\":\"a\"}")));
      assertThat(text.status()).isEqualTo(415);
      assertThat(raw(gateway, "GET /v1/models HTTP/1.1\r\nHost: rebound.example\r\n\r\n", 5))
          .startsWith("HTTP/1.1 421");
    }
  }

  @Test
  void boundsWhatOneCallerTakes() throws Exception {
    try (RunningGateway gateway = new RunningGateway(Optional.empty(), SMALL)) {
      String json = "{\"model\":\"embedding\",\"input\":\"a\",\"user\":\"";
      Answered large = gateway.post("/v1/embeddings", json + "u".repeat(5000) + "\"}");
      assertThat(large.status()).isEqualTo(413);
      assertThat(large.text()).contains("4096 bytes");
      String half =
          "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n{\"model\"";
      assertThat(raw(gateway, half, 10)).startsWith("HTTP/1.1 408").contains("after 1 s");
      assertThat(raw(gateway, "GET /v1/models HTT", 10)).isEmpty();
      assertThat(raw(gateway, "NONSENSE\r\n\r\n", 10)).matches("(?s)HTTP/1.[01] 400.*");
      assertThat(
              raw(gateway, "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 10))
          .matches("(?s)HTTP/1.[01] 414.*");
      Answered packed =
          gateway.send(
              gateway
                  .request("/v1/embeddings")
                  .header("Content-Type", "application/json")
                  .header("Content-Encoding", "gzip")
                  .POST(HttpRequest.BodyPublishers.ofString("{}")));
      assertThat(packed.status()).isEqualTo(415);
    }
  }

  @Test
  void refusesMoreRequestsThanItAnswersAtOneTime() throws Exception {
    try (RunningGateway gateway = new RunningGateway(Optional.empty(), SMALL)) {
      gateway.embedding.hold();
      CompletableFuture<Answered> first = later(gateway);
      CompletableFuture<Answered> second = later(gateway);
      gateway.embedding.awaitAsked(2);
      Answered third = gateway.post("/v1/embeddings", "{}");
      assertThat(third.status()).isEqualTo(429);
      assertThat(third.header("Retry-After")).isEqualTo("1");
      assertThat(third.json().path("error").path("type").asText()).isEqualTo("rate_limit_error");
      assertThat(gateway.get("/health/live").status()).isEqualTo(200);
      gateway.embedding.release();
      assertThat(first.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
      assertThat(second.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
    }
  }

  @Test
  void finishesWhatItBeganBeforeItEnds() throws Exception {
    RunningGateway gateway = new RunningGateway();
    gateway.embedding.hold();
    CompletableFuture<Answered> running = later(gateway);
    gateway.embedding.awaitAsked(1);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
    while (gateway.get("/health/ready").status() == 200) {
      Thread.onSpinWait();
    }
    Answered refused = gateway.get("/v1/models");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.json().path("error").path("type").asText()).isEqualTo("server_error");
    assertThat(running).isNotDone();
    gateway.embedding.release();
    assertThat(running.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
    closing.get(30, TimeUnit.SECONDS);
    assertThat(gateway.log()).contains("\"event\":\"stopped\"");
    assertThatThrownBy(() -> gateway.get("/health/live")).isInstanceOf(IOException.class);
  }

  @Test
  void writesNoTextToLogOrMetrics() throws Exception {
    try (RunningGateway gateway = new RunningGateway()) {
      gateway.post(
          "/v1/embeddings", "{\"model\":\"embedding\",\"input\":\"a man " + MARKER + "\"}");
      gateway.post("/v1/embeddings", "{\"model\":\"" + MARKER + "\",\"input\":\"a\"}");
      gateway.post("/v1/embeddings", "{\"model\":\"embedding\",\"input\":\"" + MARKER);
      gateway.get("/v1/" + MARKER);
      gateway.get("/" + MARKER + "?q=" + MARKER);
      gateway.post("/v1/embeddings", "{\"" + MARKER + "\":1,}");
      assertThat(gateway.log()).contains("\"outcome\":\"ok\"", "malformed", "model-unknown");
      assertThat(gateway.log()).doesNotContain(MARKER);
      assertThat(gateway.metrics())
          .contains("gateway_requests_total", "door=\"openai\"")
          .doesNotContain(MARKER);
      assertThat(gateway.get("/metrics").text()).doesNotContain(MARKER);
    }
  }

  private static CompletableFuture<Answered> later(RunningGateway gateway) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return gateway.post("/v1/embeddings", "{\"model\":\"embedding\",\"input\":\"a man\"}");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** What comes back for these bytes until the connection ends or the answer is complete. */
  private static String raw(RunningGateway gateway, String bytes, int seconds) throws Exception {
    URI at = URI.create(gateway.url());
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(1000 * seconds);
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      StringBuilder all = new StringBuilder();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        all.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        if (all.indexOf("}") > 0) {
          break;
        }
      }
      return all.toString();
    }
  }
}
