package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections: counted, freed, cut off, and answered in order. */
@Tag("slow")
class ConnectionsIT {

  private static final int TIMES = 6;

  @TempDir private Path folder;

  private LoopbackModel model;

  private TestServer server(String... settings) throws IOException {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  private interface Use {
    void once(TestClient client) throws Exception;
  }

  /** After many uses that end in one way, no connection is counted but those of before. */
  private void freed(TestServer server, TestClient client, Use use) throws Exception {
    Eventually.holds(() -> server.appliance.connections() <= 1, "only the client's own");
    for (int i = 0; i < TIMES; i++) {
      use.once(client);
    }
    Eventually.holds(() -> server.appliance.connections() <= 1, "all connections are freed");
  }

  @Test
  void everyWayToEndASocketFreesItsConnection() throws Exception {
    try (TestServer server = server("limits.connectionsMax=" + 5 * TIMES)) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      freed(
          server,
          client,
          c -> {
            try (RawSocket s = RawSocket.open(c, 0)) {
              s.frame(RawSocket.CLOSE, new byte[] {3, (byte) 0xe8}, true);
              assertThat(s.awaitClose()).isEqualTo(1000);
            }
          });
      freed(server, client, c -> RawSocket.open(c, 0).close());
      freed(server, client, c -> RawSocket.open(c, 0).reset());
      freed(
          server,
          client,
          c -> {
            try (RawSocket s = RawSocket.open(c, 0)) {
              s.text(new JsonObject().put("type", "start"));
              assertThat(s.awaitClose()).isEqualTo(4400);
            }
          });
      freed(
          server,
          client,
          c -> {
            try (RawSocket s = RawSocket.open(c, 0)) {
              s.start(c.bytes(16));
              s.text(new JsonObject().put("type", "cancel"));
              assertThat(s.awaitClose()).isEqualTo(1000);
            }
          });
      freed(
          server,
          client,
          c -> {
            try (RawSocket s = RawSocket.connect(c.port)) {
              assertThat(s.exchange("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                  .startsWith("HTTP/1.1 200 ");
            }
          });
      freed(server, client, c -> RawSocket.connect(c.port).reset());
      assertThat(client.get("/v2").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void overTlsFailedHandshakesAndHttp2AreFreedToo() throws Exception {
    try (TestServer server = server("tls.mode=SELF_SIGNED", "limits.connectionsMax=20")) {
      for (int i = 0; i < 3 * TIMES; i++) {
        try (RawSocket s = RawSocket.connect(server.appliance.port())) {
          s.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          s.awaitEnd();
        }
        RawSocket.connect(server.appliance.port()).reset();
      }
      Eventually.holds(() -> server.appliance.connections() == 0, "failed handshakes are freed");
      List<RawSocket> silent = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        silent.add(RawSocket.connect(server.appliance.port()));
      }
      Eventually.holds(() -> server.appliance.connections() == 3, "handshakes to come are counted");
      for (RawSocket s : silent) {
        s.close();
      }
      HttpClient http = HttpClient.newBuilder().sslContext(TestTls.trustingAll()).build();
      HttpResponse<String> live =
          http.send(
              HttpRequest.newBuilder(URI.create(server.appliance.url() + "/v2/health/live"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(live.statusCode()).isEqualTo(200);
      assertThat(live.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(server.appliance.connections()).isEqualTo(1);
      HttpRequest upgrade =
          HttpRequest.newBuilder(
                  URI.create(server.appliance.url() + "/v2/sessions/" + "0".repeat(32)))
              .build();
      assertThat(http.send(upgrade, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void healthIsAnsweredAtTheLimit() throws Exception {
    try (TestServer server = server("limits.connectionsMax=3", "bind.healthPort=0")) {
      List<RawSocket> idle = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        idle.add(RawSocket.connect(server.appliance.port()));
      }
      Eventually.holds(() -> server.appliance.connections() == 3, "all are counted");
      TestClient client = server.client(TestServer.KEY_A);
      ExpectProblem.assertProblem(client.get("/v2"), 503, "overloaded");
      assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
      while (server.appliance.connections() < 6) {
        idle.add(RawSocket.connect(server.appliance.port()));
      }
      try (RawSocket tooMany = RawSocket.connect(server.appliance.port())) {
        assertThat(tooMany.head()).as("closed as it comes").isEmpty();
      }
      for (String what : List.of("live", "ready")) {
        try (RawSocket probe = RawSocket.connect(server.appliance.healthPort())) {
          String head = probe.exchange("GET /v2/health/" + what + " HTTP/1.0\r\n\r\n");
          assertThat(head).contains(" 200 ");
          assertThat(probe.body(head)).isEqualTo("{\"" + what + "\":true}");
        }
      }
      for (RawSocket s : idle) {
        s.close();
      }
    }
  }

  @Test
  void whoShowsNoKeyIsCutOff() throws Exception {
    try (TestServer server =
        server("limits.requestDeadlineSeconds=1", "limits.idleConnectionSeconds=600")) {
      TestClient client = server.client(TestServer.KEY_A);
      try (RawSocket known = RawSocket.connect(server.appliance.port());
          RawSocket silent = RawSocket.connect(server.appliance.port());
          RawSocket slow = RawSocket.connect(server.appliance.port());
          RawSocket prober = RawSocket.connect(server.appliance.port())) {
        String request =
            "GET /v2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + client.apiKey + "\r\n\r\n";
        String head = known.exchange(request);
        assertThat(head).startsWith("HTTP/1.1 200 ");
        known.body(head);
        slow.write("GET /v2 HTTP/1.1\r\nHost".getBytes(StandardCharsets.US_ASCII));
        assertThat(prober.exchange("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
            .startsWith("HTTP/1.1 200 ");
        silent.awaitEnd();
        slow.awaitEnd();
        prober.awaitEnd();
        assertThat(known.exchange(request)).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void bodyThatDripsIsCutOff() throws Exception {
    try (TestServer server = server("limits.requestDeadlineSeconds=1");
        RawSocket s = RawSocket.connect(server.appliance.port())) {
      String head =
          s.exchange(
              "POST /v2/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  + "Authorization: Bearer "
                  + TestServer.KEY_A
                  + "\r\nContent-Length: 100\r\n\r\n{");
      assertThat(head).startsWith("HTTP/1.1 408 ");
      JsonObject problem = new JsonObject(s.body(head));
      ExpectProblem.assertType(problem, "deadline-exceeded");
      assertThat(problem.getString("limit")).isEqualTo("requestDeadlineSeconds");
      s.awaitEnd();
    }
  }

  @Test
  void connectionWithoutARequestIsClosedHoweverItDrips() throws Exception {
    try (TestServer server = server("limits.idleConnectionSeconds=2");
        RawSocket s = RawSocket.connect(server.appliance.port())) {
      String head =
          s.exchange(
              "GET /v2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + TestServer.KEY_A
                  + "\r\n\r\n");
      s.body(head);
      assertThat(s.dripUntilClosed("GET /v2 HTTP/1.1\r\nX: " + "x".repeat(2000)))
          .as("the head never ended, and the connection was closed")
          .isTrue();
    }
  }

  @Test
  void socketThatAnswersNoPingIsClosed() throws Exception {
    try (TestServer server = server("limits.idleConnectionSeconds=2", "limits.pingSeconds=1")) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      try (TestSocket answering = client.socket();
          RawSocket silent = RawSocket.open(client, 0)) {
        silent.answersPings = false;
        RawSocket.Message error = silent.receive();
        JsonObject problem = error.json().getJsonObject("problem");
        ExpectProblem.assertType(problem, "deadline-exceeded");
        assertThat(problem.getString("limit")).isEqualTo("idleConnectionSeconds");
        assertThat(silent.awaitClose()).isEqualTo(4408);
        answering.start().text("accepted");
      }
    }
  }

  @Test
  void malformedHostIsAnswered() throws Exception {
    try (TestServer server = server()) {
      for (String header :
          List.of(
              "Host: a%zz",
              "Host: a%",
              "Host: a%41",
              "Host: ",
              "Host: [::1",
              "Host: a:99999999",
              "Host: a:-1",
              "Host: a b",
              "Host: \u00e9",
              "X: y",
              "Host: a\r\nHost: b",
              "Host: a/b")) {
        try (RawSocket s = RawSocket.connect(server.appliance.port())) {
          String head = s.exchange("GET /v2/health/live HTTP/1.1\r\n" + header + "\r\n\r\n");
          assertThat(head)
              .as(header)
              .startsWith("HTTP/1.1 400 ")
              .containsIgnoringCase("content-type: application/problem+json");
          JsonObject problem = new JsonObject(s.body(head));
          ExpectProblem.assertType(problem, "request-invalid");
          assertThat(problem.getString("received")).contains("Host");
        }
      }
    }
  }

  @Test
  void brokenTargetIsAnswered() throws Exception {
    try (TestServer server = server()) {
      for (String target :
          List.of(
              "/v2/%zz", "/%", "/v2/models/%4", "/v2?x=%`o", "/v2/%%41", "v2/models", "?x", "*")) {
        try (RawSocket s = RawSocket.connect(server.appliance.port())) {
          String head =
              s.exchange(
                  "GET "
                      + target
                      + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + TestServer.KEY_A
                      + "\r\n\r\n");
          assertThat(head).as(target).startsWith("HTTP/1.1 400 ");
          ExpectProblem.assertType(new JsonObject(s.body(head)), "request-invalid");
        }
      }
    }
  }

  @Test
  void hostsThatAreRight() throws Exception {
    try (TestServer server = server()) {
      for (String host : List.of("localhost", "a_b.c-d:8443", "127.0.0.1:1", "[::1]:65535", "X")) {
        try (RawSocket s = RawSocket.connect(server.appliance.port())) {
          assertThat(s.exchange("GET /v2/health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
              .as(host)
              .startsWith("HTTP/1.1 200 ");
        }
      }
      try (RawSocket old = RawSocket.connect(server.appliance.port())) {
        assertThat(old.exchange("GET /v2/health/live HTTP/1.0\r\n\r\n"))
            .as("a health check that knows no Host")
            .contains(" 200 ");
      }
    }
  }

  @Test
  void handshakeThatIsNone() throws Exception {
    try (TestServer server = server()) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback");
      ExpectProblem.assertProblem(
          client.get(client.path() + "/inferences"), 426, "upgrade-required");
      String upgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
      String key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
      assertThat(handshake(client, upgrade + key, 426, "upgrade-required"))
          .containsIgnoringCase("Sec-WebSocket-Version: 13");
      handshake(client, upgrade + key + "Sec-WebSocket-Version: 8\r\n", 426, "upgrade-required");
      handshake(client, upgrade + "Sec-WebSocket-Version: 13\r\n", 400, "request-invalid");
      handshake(
          client,
          upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n",
          400,
          "request-invalid");
    }
  }

  private static String handshake(TestClient client, String headers, int status, String type)
      throws IOException {
    try (RawSocket s = RawSocket.connect(client.port)) {
      String head =
          s.exchange(
              "GET "
                  + client.path()
                  + "/inferences HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + client.apiKey
                  + "\r\n"
                  + headers
                  + "\r\n");
      assertThat(head).startsWith("HTTP/1.1 " + status + " ");
      ExpectProblem.assertType(new JsonObject(s.body(head)), type);
      return head;
    }
  }

  @Test
  void deletingASessionEndsWhatRunsInIt() throws Exception {
    try (TestServer server = server()) {
      for (boolean computing : new boolean[] {false, true}) {
        TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
        Semaphore gate = new Semaphore(0);
        model.gate = gate;
        try (TestSocket s = client.socket().start()) {
          s.text("accepted");
          if (computing) {
            s.send(-1, 0);
            s.send(-1, 1);
            Eventually.holds(() -> model.openComputations.get() == 1, "the step has begun");
          }
          assertThat(
                  client
                      .send("DELETE", client.path(), HttpRequest.BodyPublishers.noBody())
                      .statusCode())
              .isEqualTo(204);
          ExpectProblem.assertType(s.problem(), "session-unknown");
          assertThat(s.closed()).isEqualTo((short) 4400);
        } finally {
          model.gate = null;
          gate.release(10);
        }
        Eventually.holds(() -> model.openComputations.get() == 0, "the computation is freed");
        Eventually.holds(() -> model.openKeys.get() == 0, "the keys are freed");
      }
      assertThat(server.client(TestServer.KEY_B).createSession("loopback").get("/v2").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void clientAtItsOwnLimitMayGoOnAsSoonAsItHasTheResult() throws Exception {
    try (TestServer server = server("limits.inferencesPerTenantMax=1")) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      for (int i = 0; i < 4; i++) {
        LimitsIT.infer(client);
      }
    }
  }
}
