package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenants with keys and limits of their own, over real sockets; what they did is on record. */
@Tag("slow")
class TenantsIT {

  private static final String ONE_SESSION = "{sessionsPerTenantMax: 1}";
  private static final String ONE_A_DAY = "{inferencesPerTenantPerDayMax: 1}";

  @TempDir private Path folder;

  private final SplittableRandom random = new SplittableRandom(3);

  private TestServer server(String limits) throws Exception {
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    return TestServer.loopback(
        folder.resolve("data"), new LoopbackModel(zip, 1), "tenants=" + tenants(limits));
  }

  private static String tenants(String limits) {
    return "[{name: a, apiKey: "
        + TestServer.KEY_A
        + ", limits: "
        + limits
        + "}, {name: b, apiKey: "
        + TestServer.KEY_B
        + ", operator: true}]";
  }

  private ServerConfig config(String limits) {
    Map<String, String> all = new HashMap<>();
    all.put("bind.port", "0");
    all.put("tls.mode", "PLAIN_HTTP");
    all.put("dataDirectory", "'" + folder.resolve("data") + "'");
    all.put("tenants", tenants(limits));
    return ConfigLoader.load(null, Map.of(), all);
  }

  @Test
  void aTenantsOwnLimitsHoldForItAloneAndChangeWhileTheApplianceRuns() throws Exception {
    try (TestServer server = server(ONE_SESSION)) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      HttpResponse<String> second = a.post("/v2/sessions", a.newSession("loopback"));
      assertProblem(second, 429, "quota-exceeded");
      assertThat(new JsonObject(second.body()).getString("limit"))
          .isEqualTo("sessionsPerTenantMax");
      server.client(TestServer.KEY_B).createSession("loopback").createSession("loopback");
      server.appliance.reload(config("{sessionsPerTenantMax: 2, keyBytesPerTenantMax: 100}"));
      HttpResponse<String> tooLarge = a.post("/v2/sessions", a.newSession("loopback"));
      assertProblem(tooLarge, 429, "quota-exceeded");
      assertThat(new JsonObject(tooLarge.body()).getString("limit"))
          .isEqualTo("keyBytesPerTenantMax");
      server.appliance.reload(config("{sessionsPerTenantMax: 2}"));
      assertThat(a.post("/v2/sessions", a.newSession("loopback")).statusCode()).isEqualTo(201);
    }
  }

  @Test
  void aDayThatIsUsedUpRefusesInferences() throws Exception {
    try (TestServer server = server(ONE_A_DAY)) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(new InferCall(a, random).send().status()).isEqualTo(200);
      InferCall.Answer refused = new InferCall(a, random).send();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.problem().getString("limit")).isEqualTo("inferencesPerTenantPerDayMax");
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      for (int i = 0; i < 3; i++) {
        assertThat(new InferCall(b, random).send().status()).isEqualTo(200);
      }
      // An inference is counted when its answer has left.
      Eventually.holds(
          () -> b.get("/metrics").body().contains(answered("b", 3)), "all inferences are counted");
      assertThat(b.get("/metrics").body())
          .contains(answered("a", 1))
          .containsPattern("he_tenant_wire_bytes_total\\{direction=\"out\",tenant=\"b\"} [1-9]");
    }
    try (TestServer again = server(ONE_A_DAY)) {
      TestClient a = again.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(new InferCall(a, random).send().status()).as("after a restart").isEqualTo(429);
    }
  }

  private static String answered(String tenant, int inferences) {
    return "he_tenant_inferences_total{answered=\"true\",tenant=\"%s\"} %d.0"
        .formatted(tenant, inferences);
  }

  @Test
  void whatTenantsDoIsOnRecordWithoutPayload() throws Exception {
    TestClient a;
    try (TestServer server = server(ONE_SESSION)) {
      a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(new InferCall(a, random).send().status()).isEqualTo(200);
      assertProblem(a.post("/v2/sessions", a.newSession("loopback")), 429, "quota-exceeded");
      assertProblem(server.client("a-key-that-nobody-has").get("/v2"), 401, "unauthorized");
      try (TestSocket socket = a.socket().start()) {
        socket.text("accepted");
      }
      assertThat(a.send("DELETE", a.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
      assertThat(a.get("/v2/models").statusCode()).isEqualTo(200);
    }
    Path file = folder.resolve("data/audit/audit.log");
    List<JsonObject> entries = Files.readAllLines(file).stream().map(JsonObject::new).toList();
    String session = a.path().substring(a.path().lastIndexOf('/') + 1);
    int keys = a.requiredKeys().size();
    assertThat(entries).hasSize(keys + 7);
    expect(entries.get(0), "a", "createSession", session, "ok");
    for (int i = 1; i <= keys; i++) {
      expect(entries.get(i), "a", "putKey", session, "ok");
    }
    expect(entries.get(keys + 1), "a", "infer", "loopback", "ok");
    expect(entries.get(keys + 2), "a", "createSession", "-", "quota-exceeded");
    expect(entries.get(keys + 3), "-", "request", "-", "unauthorized");
    expect(entries.get(keys + 4), "a", "inferences", session, "ok");
    List<JsonObject> last =
        entries.subList(keys + 5, keys + 7).stream()
            .sorted(Comparator.comparing(entry -> entry.getString("action")))
            .toList();
    expect(last.get(0), "a", "deleteSession", session, "ok");
    expect(last.get(1), "a", "inference", session, "cancelled");
    String text = Files.readString(file);
    assertThat(text).doesNotContain(TestServer.KEY_A, "a-key-that-nobody-has");
    assertThat(text).doesNotContain(a.session.getString("transportKey"));
  }

  private static void expect(
      JsonObject entry, String tenant, String action, String object, String outcome) {
    assertThat(entry.getString("tenant")).as(entry.encode()).isEqualTo(tenant);
    assertThat(entry.getString("key"))
        .as(entry.encode())
        .isEqualTo(tenant.equals("-") ? "-" : "apiKey");
    assertThat(entry.getString("action")).as(entry.encode()).isEqualTo(action);
    assertThat(entry.getString("object")).as(entry.encode()).isEqualTo(object);
    assertThat(entry.getString("outcome")).as(entry.encode()).isEqualTo(outcome);
    assertThat(entry.getString("address")).isEqualTo("127.0.0.1");
    assertThat(entry.getString("request")).isNotBlank();
  }
}
