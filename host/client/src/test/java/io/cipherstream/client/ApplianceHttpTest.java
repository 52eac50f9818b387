package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.client.ClientException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ApplianceHttpTest {

  @TempDir private Path home;
  private ScriptedServer server;
  private ApplianceHttp http;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
    http = new ApplianceHttp(ClientOptions.builder(server.url(), home).apiKey("k-1").build());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  @Timeout(60)
  void anAnswerThatStallsInItsBodyIsGivenUp() throws IOException {
    try (ServerSocket stalling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread half =
          new Thread(
              () -> {
                try {
                  // Left open by intent: what is missing of the body never comes.
                  stalling
                      .accept()
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"name\":"
                              .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  // The test is over.
                }
              });
      half.start();
      ApplianceHttp impatient =
          new ApplianceHttp(
              ClientOptions.builder(URI.create("http://127.0.0.1:" + stalling.getLocalPort()), home)
                  .replyTimeout(Duration.ofSeconds(2))
                  .build());
      assertThatThrownBy(() -> impatient.get("/v2"))
          .isInstanceOfSatisfying(
              ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
    }
  }

  @Test
  @Timeout(60)
  void anInferenceShowsThatItIsWaiting() {
    CountDownLatch shown = new CountDownLatch(1);
    server.on(
        "POST /v2/models/m/infer",
        body -> {
          awaitQuietly(shown);
          return ScriptedServer.Answer.json(200, "{}");
        });
    ApplianceHttp patient =
        new ApplianceHttp(
            ClientOptions.builder(server.url(), home)
                .progress(
                    (step, done, total) -> {
                      assertThat(step).isEqualTo("waiting for the answer");
                      shown.countDown();
                    })
                .build());
    byte[] header = {'{', '}'};
    assertThat(patient.infer("/v2/models/m/infer", "s", 2, List.of(header), 100).body()).hasSize(2);
  }

  @Test
  void aTimeoutIsPositive() {
    ClientOptions.Builder options = ClientOptions.builder(server.url(), home);
    assertThatThrownBy(() -> options.replyTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 s");
  }

  @Test
  void sendsTheApiKey() {
    server.on("GET /v2", 200, "{\"name\":\"cipherstream\"}");
    assertThat(http.get("/v2").path("name").asText()).isEqualTo("cipherstream");
    assertThat(server.authorizations()).containsExactly("Bearer k-1");
  }

  @Test
  void aProblemKeepsItsTypeDetailAndRequestId() {
    server.on(
        "GET /v2/models",
        401,
        "{\"type\":\"urn:cipherstream:problem:unauthorized\",\"status\":401,"
            + "\"detail\":\"no key\",\"requestId\":\"r7\"}");
    assertThatThrownBy(() -> http.get("/v2/models"))
        .isInstanceOfSatisfying(
            ServerProblemException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.REFUSED);
              assertThat(e.problem().slug()).isEqualTo("unauthorized");
              assertThat(e.problem().requestId()).isEqualTo("r7");
              assertThat(e).hasMessageContaining("no key");
            });
  }

  @Test
  void anErrorWithoutAProblemStillHasItsStatus() {
    server.on(
        "GET /v2", body -> new ScriptedServer.Answer(502, "text/html", new byte[] {'<', 'p', '>'}));
    assertThatThrownBy(() -> http.get("/v2")).hasMessageContaining("502");
  }

  @Test
  void asksABusyServerAgainAfterTheTimeItNames() {
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "GET /v2",
        body ->
            asked.incrementAndGet() < 3
                ? ScriptedServer.Answer.json(
                    503,
                    "{\"type\":\"urn:cipherstream:problem:overloaded\",\"retryAfterSeconds\":0}")
                : ScriptedServer.Answer.json(200, "{\"name\":\"late\"}"));
    assertThat(http.get("/v2").path("name").asText()).isEqualTo("late");
    assertThat(asked).hasValue(3);
  }

  @Test
  void givesUpOnAServerThatStaysBusyWhenTheTimeIsOver() {
    server.on(
        "GET /v2",
        503,
        "{\"type\":\"urn:cipherstream:problem:overloaded\",\"retryAfterSeconds\":0}");
    ApplianceHttp brief = patient(Duration.ofSeconds(1), step -> {});
    assertThatThrownBy(() -> brief.get("/v2")).hasMessageContaining("overloaded");
    assertThat(server.requests()).hasSizeGreaterThan(1);
    int asked = server.requests().size();
    ApplianceHttp none = patient(Duration.ZERO, step -> {});
    assertThatThrownBy(() -> none.get("/v2")).hasMessageContaining("overloaded");
    assertThat(server.requests()).hasSize(asked + 1);
  }

  @Test
  void aWaitLongerThanTheTimeLeftIsNotBegun() {
    server.on(
        "GET /v2",
        429,
        "{\"type\":\"urn:cipherstream:problem:quota-exceeded\",\"retryAfterSeconds\":3600}");
    assertThatThrownBy(() -> http.get("/v2")).hasMessageContaining("quota-exceeded");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  @Timeout(60)
  void anApplianceThatRestartsIsWaitedFor() throws IOException {
    server.on("GET /v2", 200, "{\"name\":\"before\"}");
    int port = server.url().getPort();
    AtomicReference<ScriptedServer> restarted = new AtomicReference<>();
    ApplianceHttp waiting =
        patient(
            Duration.ofSeconds(30),
            step -> {
              if (step.contains("no connection") && restarted.get() == null) {
                restarted.set(open(port));
              }
            });
    assertThat(waiting.get("/v2").path("name").asText()).isEqualTo("before");
    server.close();
    assertThat(waiting.get("/v2").path("name").asText()).isEqualTo("after");
    restarted.get().close();
  }

  private static ScriptedServer open(int port) {
    try {
      ScriptedServer again = new ScriptedServer(port);
      again.on("GET /v2", 200, "{\"name\":\"after\"}");
      return again;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ApplianceHttp patient(Duration retryFor, Consumer<String> progress) {
    return new ApplianceHttp(
        ClientOptions.builder(server.url(), home)
            .retryFor(retryFor)
            .progress((step, done, total) -> progress.accept(step))
            .build());
  }

  @Test
  void anAnswerThatIsNotJsonIsAProtocolError() {
    server.on("GET /v2", body -> new ScriptedServer.Answer(200, "text/plain", new byte[] {'?'}));
    assertKind(Kind.PROTOCOL);
  }

  @Test
  void anEndlessAnswerIsNotRead() {
    server.on(
        "GET /v2",
        body ->
            new ScriptedServer.Answer(
                200, "application/json", new byte[AnswerBodies.JSON_BYTES_MAX + 2]));
    assertKind(Kind.PROTOCOL);
  }

  @Test
  void nobodyThereIsUnreachable() {
    server.close();
    assertKind(Kind.UNREACHABLE);
  }

  @Test
  void plainHttpIsForLoopbackOnly() {
    assertThatThrownBy(() -> ClientOptions.builder(URI.create("http://192.0.2.1:80"), home))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use https");
  }

  @Test
  void somethingElseIsNoAppliance() {
    server.on("GET /v2", 200, "{\"name\":\"other\"}");
    ClientOptions options = ClientOptions.builder(server.url(), home).build();
    assertThatThrownBy(() -> CipherstreamClient.connect(options))
        .hasMessageContaining("not a Cipherstream appliance");
  }

  @Test
  void anApplianceWithoutACommonVersionIsNamedBeforeAnythingIsSent() {
    ClientOptions options = ClientOptions.builder(server.url(), home).build();
    String head = "{\"name\":\"cipherstream\",\"version\":\"9.1\"";
    for (String good : List.of("", ",\"wireVersions\":[1]", ",\"wireVersions\":[1,2]")) {
      server.on("GET /v2", 200, head + good + "}");
      CipherstreamClient.connect(options).close();
    }
    server.on("GET /v2", 200, head + ",\"wireVersions\":[2,3]}");
    assertThatThrownBy(() -> CipherstreamClient.connect(options))
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PROTOCOL))
        .hasMessageContaining("release 9.1 and speaks versions [2, 3]")
        .hasMessageContaining("install a newer client");
    server.on("GET /v2", 200, head + ",\"wireVersions\":[0]}");
    assertThatThrownBy(() -> CipherstreamClient.connect(options))
        .hasMessageContaining("install a newer appliance");
  }

  private void assertKind(Kind kind) {
    assertThatThrownBy(() -> http.get("/v2"))
        .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
