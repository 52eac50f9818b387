package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.wire.KeySpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the owner of sessions sees and can do, over real sockets, restarts included. */
@Tag("slow")
class SessionsIT {

  @TempDir private Path folder;
  private LoopbackModel model;

  @BeforeEach
  void model() throws IOException {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
  }

  private TestServer server(String... settings) {
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  @Test
  void aTenantListsItsOwnSessionsPageByPage() {
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      String whole = a.session.getString("session");
      String empty = a.createSession("loopback").session.getString("session");
      String other =
          server.client(TestServer.KEY_B).createSession("loopback").session.getString("session");
      JsonArray all = list(a, "").getJsonArray("sessions");
      assertThat(all.stream().map(s -> ((JsonObject) s).getString("session")))
          .containsExactlyInAnyOrder(whole, empty)
          .isSorted();
      for (Object each : all) {
        JsonObject session = (JsonObject) each;
        boolean ready = session.getString("session").equals(whole);
        assertThat(session.getBoolean("ready")).isEqualTo(ready);
        assertThat(session.getLong("keyBytes") > 0).isEqualTo(ready);
        assertThat(session.getBoolean("inUse")).isFalse();
        assertThat(session.getString("model")).isEqualTo("loopback");
        assertThat(session.fieldNames())
            .contains("keyFingerprint", "created", "lastUsed", "expires")
            .doesNotContain("transportKey");
      }
      JsonObject first = list(a, "?limit=1");
      assertThat(first.getJsonArray("sessions")).hasSize(1);
      JsonObject second = list(a, "?limit=1&after=" + first.getString("next"));
      assertThat(second.containsKey("next")).isFalse();
      assertThat(all).containsExactly(one(first), one(second));
      assertThat(list(server.client(TestServer.KEY_B), "").encode()).contains(other);
      assertProblem(a.get("/v2/sessions?limit=0"), 400, "request-invalid");
      assertProblem(a.get("/v2/sessions?after=x"), 400, "request-invalid");
    }
  }

  @Test
  void atTheLimitASessionWithoutKeysMakesRoomAndItsOwnerIsTold() {
    try (TestServer server =
        server("limits.sessionsPerTenantMax=2", "limits.incompleteSessionIdleSeconds=1")) {
      TestClient a = server.client(TestServer.KEY_A);
      TestClient whole = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      String lost = a.createSession("loopback").session.getString("session");
      HttpResponse<String> atOnce = a.post("/v2/sessions", a.newSession("loopback"));
      JsonObject problem = assertProblem(atOnce, 429, "quota-exceeded");
      assertThat(problem.getString("limit")).isEqualTo("sessionsPerTenantMax");
      assertThat(atOnce.headers().firstValue("Retry-After")).as("a second, not a week").isPresent();
      Eventually.holds(
          () -> a.post("/v2/sessions", a.newSession("loopback")).statusCode() == 201,
          "the session without keys makes room");
      assertProblem(a.get("/v2/sessions/" + lost), 410, "session-expired");
      assertThat(new JsonObject(whole.get(whole.path()).body()).getBoolean("ready")).isTrue();
      assertProblem(
          server.client(TestServer.KEY_B).get("/v2/sessions/" + lost), 404, "session-unknown");
      assertThat(folder.resolve("data").resolve("sessions").resolve(lost)).doesNotExist();
    }
  }

  @Test
  void aSessionInUseIsNeverEvictedAndAnIdleOneIs() {
    try (TestServer server =
        server("limits.sessionsPerTenantMax=1", "limits.sessionEvictIdleSeconds=1")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_A);
      try (TestSocket running = a.socket().start()) {
        running.text("accepted");
        assertThat(one(list(a, "")).getBoolean("inUse")).isTrue();
        HttpResponse<String> refused = b.post("/v2/sessions", b.newSession("loopback"));
        assertProblem(refused, 429, "quota-exceeded");
        assertThat(refused.headers().firstValue("Retry-After")).as("nobody knows").isEmpty();
      }
      Eventually.holds(
          () -> b.post("/v2/sessions", b.newSession("loopback")).statusCode() == 201,
          "the idle session makes room");
      assertProblem(a.get(a.path()), 410, "session-expired");
    }
  }

  @Test
  void aRepeatedRequestGetsTheSameSessionAlsoAfterARestart() {
    JsonObject body;
    String made;
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A);
      body = a.newSession("loopback");
      made = created(a, body, "\"k-1\"");
      assertThat(created(a, body, "\"k-1\"")).isEqualTo(made);
      assertThat(created(a, body, "k-2")).isNotEqualTo(made);
      assertThat(created(server.client(TestServer.KEY_B), body, "k-1"))
          .as("keys are a tenant's own")
          .isNotEqualTo(made);
      JsonObject other = body.copy().put("tokenClasses", new JsonArray().add(16));
      assertProblem(
          a.post("/v2/sessions", other, "Idempotency-Key", "k-1"), 422, "idempotency-mismatch");
      assertProblem(
          a.post("/v2/sessions", body, "Idempotency-Key", "two words"), 400, "request-invalid");
    }
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A);
      assertThat(created(a, body, "k-1")).isEqualTo(made);
      assertThat(list(a, "").getJsonArray("sessions")).hasSize(2);
      JsonObject gone = new JsonObject(made);
      a.adopt(gone);
      assertThat(a.send("DELETE", a.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
      assertThat(created(a, body, "k-1")).as("a deleted session is made anew").isNotEqualTo(made);
    }
  }

  @Test
  void anInferenceIdIsRefusedAfterARestartToo() throws Exception {
    JsonObject made;
    JsonObject start;
    try (TestServer server = server("limits.inferenceIdsRemembered=3")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      made = a.session;
      try (TestSocket s = a.socket()) {
        start = s.startMessage();
        for (int i = 1; i <= 7; i++) { // more than the file has slots
          start.put("inference", HexFormat.of().formatHex(new byte[] {(byte) i}) + "00".repeat(15));
          try (TestSocket each = a.socket().start(start)) {
            each.text("accepted");
          }
        }
      }
      Eventually.holds(() -> !one(list(a, "")).getBoolean("inUse"), "all have ended");
    }
    Path ids =
        folder.resolve("data/sessions").resolve(made.getString("session")).resolve("inferences");
    assertThat(Files.size(ids)).isEqualTo(3 * 32);
    try (TestServer server = server("limits.inferenceIdsRemembered=3")) {
      TestClient a = server.client(TestServer.KEY_A);
      a.adopt(made);
      for (int i : List.of(5, 6, 7)) {
        try (TestSocket s = a.socket()) {
          s.start(start.put("inference", String.format("%02x", i) + "00".repeat(15)));
          assertType(s.problem(), "round-replayed");
        }
      }
      try (TestSocket s = a.socket()) {
        s.start(start.put("inference", "01" + "00".repeat(15)));
        s.text("accepted"); // the stated bound: the last three
      }
    }
  }

  @Test
  void aDamagedKeyIsAskedForAgain() throws Exception {
    JsonObject made;
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      made = a.session;
      Path keys = folder.resolve("data").resolve(a.path().substring(4)).resolve("keys");
      byte[] bytes = Files.readAllBytes(keys.resolve("1.key"));
      bytes[5000] ^= 1;
      Files.write(keys.resolve("1.key"), bytes);
      Files.delete(keys.resolve("-3.key"));
      try (TestSocket s = a.socket().start()) {
        s.inputs();
        JsonObject problem = s.problem();
        assertType(problem, "key-missing");
        assertThat(problem.getInteger("status")).isEqualTo(409);
        assertThat(problem.getJsonArray("missingKeys")).containsExactlyInAnyOrder("1", "-3");
      }
      JsonObject session = new JsonObject(a.get(a.path()).body());
      assertThat(session.getBoolean("ready")).isFalse();
      assertThat(session.getJsonArray("missingKeys")).containsExactlyInAnyOrder("1", "-3");
    }
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A);
      a.adopt(made);
      JsonObject session = new JsonObject(a.get(a.path()).body());
      assertThat(session.getJsonArray("missingKeys"))
          .as("after a restart too")
          .containsExactlyInAnyOrder("1", "-3");
      for (KeySpec spec : List.of(KeySpec.rotation(1, 2), KeySpec.rotation(-3, 1))) {
        assertThat(a.putKey(spec).statusCode()).isEqualTo(200);
      }
      LimitsIT.infer(a);
    }
  }

  @Test
  void aSessionDeletedDuringAnUploadIsNotFound() throws Exception {
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback");
      KeySpec spec = KeySpec.rotation(1, 2);
      byte[] key = a.keyEnvelope(spec);
      try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.appliance.port())) {
        String head =
            "PUT "
                + a.path()
                + "/keys/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + a.apiKey
                + "\r\nContent-Length: "
                + key.length
                + "\r\n\r\n";
        raw.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        raw.getOutputStream().write(key, 0, 1000);
        raw.getOutputStream().flush();
        Eventually.holds(
            () -> folder.resolve("data/uploads").toFile().list().length > 0, "it has begun");
        assertThat(a.send("DELETE", a.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
        raw.getOutputStream().write(key, 1000, key.length - 1000);
        raw.getOutputStream().flush();
        byte[] answer = raw.getInputStream().readNBytes(12);
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404");
      }
      assertThat(folder.resolve("data").resolve(a.path().substring(4))).doesNotExist();
      assertThat(folder.resolve("data/uploads").toFile().list()).isEmpty();
    }
  }

  @Test
  void sessionsMadeAtOnceStayWithinTheLimit() {
    try (TestServer server = server("limits.sessionsPerTenantMax=4")) {
      TestClient a = server.client(TestServer.KEY_A);
      List<Integer> answers =
          IntStream.range(0, 24)
              .parallel()
              .mapToObj(i -> a.post("/v2/sessions", a.newSession("loopback")).statusCode())
              .toList();
      assertThat(answers).filteredOn(status -> status == 201).hasSize(4);
      assertThat(answers).containsOnly(201, 429);
      assertThat(list(a, "").getJsonArray("sessions")).hasSize(4);
    }
  }

  private static String created(TestClient client, JsonObject body, String key) {
    HttpResponse<String> made = client.post("/v2/sessions", body, "Idempotency-Key", key);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonObject session = new JsonObject(made.body());
    session.remove("lastUsed");
    session.remove("expires");
    assertThat(made.headers().firstValue("Location"))
        .hasValue("/v2/sessions/" + session.getString("session"));
    return session.encode();
  }

  private static JsonObject list(TestClient client, String query) {
    HttpResponse<String> answer = client.get("/v2/sessions" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static JsonObject one(JsonObject list) {
    assertThat(list.getJsonArray("sessions")).hasSize(1);
    return list.getJsonArray("sessions").getJsonObject(0);
  }
}
