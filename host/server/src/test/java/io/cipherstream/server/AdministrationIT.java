package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.server.serving.ModelLoader;
import io.cipherstream.server.serving.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administration's listener: state, sessions, models, draining, behind its token. */
@Tag("slow")
class AdministrationIT {

  @TempDir private Path folder;

  private TestServer server(String... more) throws Exception {
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    String[] settings = Arrays.copyOf(more, more.length + 1);
    settings[more.length] = "bind.adminPort=0";
    return TestServer.loopback(data(), new LoopbackModel(zip, 1), settings);
  }

  private Path data() {
    return folder.resolve("data");
  }

  private String token() throws IOException {
    return Files.readString(data().resolve("admin-token"));
  }

  private static HttpResponse<String> ask(
      TestServer server, String method, String path, String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.appliance.adminPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject status(TestServer server) throws Exception {
    HttpResponse<String> answer = ask(server, "GET", "/admin/status", token());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void theStateIsShown() throws Exception {
    try (TestServer server = server()) {
      server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      JsonObject status = status(server);
      assertThat(status.getBoolean("ready")).isTrue();
      assertThat(status.getInteger("sessions")).isEqualTo(1);
      assertThat(status.getString("version")).isEqualTo(ServerVersion.CURRENT);
      assertThat(status.getJsonArray("models").getJsonObject(0).getString("name"))
          .isEqualTo("loopback");
      assertThat(status.getJsonArray("engines").getJsonObject(0).getString("health"))
          .isEqualTo("good");
      JsonArray memory = status.getJsonArray("memory");
      assertThat(memory.stream().map(part -> ((JsonObject) part).getString("part")))
          .containsExactly("weights", "keys", "inferences", "heap");
      assertThat(memory.getJsonObject(3).getLong("bytes")).isPositive();
      JsonObject limit = status.getJsonArray("limits").getJsonObject(0);
      assertThat(limit.getString("limit")).isEqualTo("connectionsMax");
      assertThat(limit.getLong("used")).isPositive();
      assertThat(limit.getLong("most")).isEqualTo(4096);
      assertThat(limit.getBoolean("near")).isFalse();
      assertThat(status.getValue("cluster")).isNull();
    }
  }

  @Test
  void aLimitIsNearFromFourFifthsOn() throws Exception {
    try (TestServer server = server("limits.connectionsMax=1")) {
      TestClient client = server.client(TestServer.KEY_A);
      assertThat(client.get("/v2").statusCode()).isEqualTo(200); // one connection, which is kept
      JsonObject limit = status(server).getJsonArray("limits").getJsonObject(0);
      assertThat(limit.getLong("used")).isEqualTo(1);
      assertThat(limit.getBoolean("near")).isTrue();
    }
  }

  @Test
  void aSessionIsEvictedAndItsKeysAreGone() throws Exception {
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      String id = a.path().substring(a.path().lastIndexOf('/') + 1);
      HttpResponse<String> list = ask(server, "GET", "/admin/sessions", token());
      JsonObject session = new JsonObject(list.body()).getJsonArray("sessions").getJsonObject(0);
      assertThat(session.getString("session")).isEqualTo(id);
      assertThat(session.getString("tenant")).isEqualTo("a");
      assertThat(session.getLong("keyBytes")).isPositive();
      assertThat(list.body()).doesNotContain(a.session.getString("transportKey"));
      try (TestSocket socket = a.socket().start()) {
        socket.text("accepted");
        assertThat(ask(server, "DELETE", "/admin/sessions/" + id, token()).statusCode())
            .isEqualTo(204);
        ExpectProblem.assertType(socket.problem(), "session-unknown");
      }
      ExpectProblem.assertProblem(a.get(a.path()), 404, "session-unknown");
      assertThat(data().resolve("sessions").resolve(id)).doesNotExist();
      HttpResponse<String> again = ask(server, "DELETE", "/admin/sessions/" + id, token());
      ExpectProblem.assertProblem(again, 404, "session-unknown");
    }
    assertThat(Files.readString(data().resolve("audit/audit.log")))
        .contains("\"action\":\"admin.evict\"", "\"outcome\":\"ok\"");
  }

  @Test
  void drainingRefusesNewWorkUntilItEnds() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(ask(server, "POST", "/admin/drain", token()).statusCode()).isEqualTo(204);
      assertThat(status(server).getBoolean("draining")).isTrue();
      assertThat(new InferCall(a, random).send().status()).isEqualTo(503);
      ExpectProblem.assertProblem(
          a.post("/v2/sessions", a.newSession("loopback")), 503, "shutting-down");
      ExpectProblem.assertProblem(a.get("/v2/health/ready"), 503, "shutting-down");
      assertThat(ask(server, "DELETE", "/admin/drain", token()).statusCode()).isEqualTo(204);
      assertThat(a.get("/v2/health/ready").statusCode()).isEqualTo(200);
      assertThat(new InferCall(a, random).send().status()).isEqualTo(200);
    }
  }

  /** Has one model, which it can load at any time. */
  private record OneModel(LoopbackModel model) implements ModelLoader {
    @Override
    public SortedSet<String> names() {
      return new TreeSet<>(List.of(model.name()));
    }

    @Override
    public ServedModel load(String name) {
      return model;
    }

    @Override
    public void load(Consumer<ServedModel> loaded, Consumer<String> progress) {
      loaded.accept(model);
    }
  }

  @Test
  void aModelIsUnloadedAfterItsLastInferenceAndLoadedAgainForTheSameSession() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    LoopbackModel model = new LoopbackModel(Files.writeString(folder.resolve("zip"), "zip"), 1);
    model.gate = new Semaphore(0);
    try (TestServer server = new TestServer(data(), new OneModel(model), "bind.adminPort=0")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      CompletableFuture<InferCall.Answer> running = inBackground(new InferCall(a, random));
      Eventually.holds(() -> model.openComputations.get() == 1, "a step is computed");
      String path = "/admin/models/loopback";
      assertThat(ask(server, "DELETE", path, token()).statusCode()).isEqualTo(204);
      JsonObject left =
          ExpectProblem.assertProblem(a.get("/v2/models/loopback"), 503, "model-left-out");
      assertThat(left.getString("detail")).contains("unloaded");
      assertThat(new InferCall(a, random).send().slug()).isEqualTo("model-left-out");
      ExpectProblem.assertProblem(ask(server, "DELETE", path, token()), 404, "model-unknown");
      assertThat(status(server).getJsonArray("notServed")).containsExactly("loopback");
      assertThat(a.get("/metrics").body())
          .as("nothing to raise an alert for")
          .contains("he_models_left_out 0.0");
      assertThat(model.closes).as("while it computes").hasValue(0);
      model.gate.release(2);
      assertThat(running.get().status()).isEqualTo(200);
      Eventually.holds(() -> model.closes.get() == 1, "it is closed after its last inference");

      assertThat(ask(server, "POST", path, token()).statusCode()).isEqualTo(202);
      Eventually.holds(() -> serves(server), "it is served again");
      assertThat(new InferCall(a, random).send().status()).isEqualTo(200);
      ExpectProblem.assertProblem(ask(server, "POST", path, token()), 400, "request-invalid");
      ExpectProblem.assertProblem(
          ask(server, "POST", "/admin/models/other", token()), 404, "model-unknown");
      assertThat(ask(server, "DELETE", path, token()).statusCode()).isEqualTo(204);
      Eventually.holds(() -> model.closes.get() == 2, "it is closed");
    }
    assertThat(Files.readAllLines(data().resolve("audit/audit.log")))
        .map(JsonObject::new)
        .filteredOn(entry -> entry.getString("action").matches("admin.(un)?load"))
        .extracting(entry -> entry.getString("action") + " " + entry.getString("outcome"))
        .containsExactlyInAnyOrder(
            "admin.unload ok",
            "admin.unload model-unknown",
            "admin.load ok",
            "admin.load request-invalid",
            "admin.load model-unknown",
            "admin.unload ok");
  }

  private static CompletableFuture<InferCall.Answer> inBackground(InferCall call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return call.send();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
  }

  private boolean serves(TestServer server) {
    try {
      return !status(server).getJsonArray("models").isEmpty();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingIsToldWithoutTheToken() throws Exception {
    try (TestServer server = server()) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(data().resolve("admin-token"))))
          .isEqualTo("rw-------");
      for (String wrong : new String[] {"", "x", TestServer.KEY_A, token() + "0"}) {
        for (String path : new String[] {"/admin/status", "/admin/sessions", "/admin/other"}) {
          ExpectProblem.assertProblem(ask(server, "GET", path, wrong), 401, "unauthorized");
        }
        ExpectProblem.assertProblem(
            ask(server, "POST", "/admin/drain", wrong), 401, "unauthorized");
        ExpectProblem.assertProblem(
            ask(server, "DELETE", "/admin/models/loopback", wrong), 401, "unauthorized");
      }
      assertThat(status(server).getBoolean("draining")).isFalse();
      ExpectProblem.assertProblem(ask(server, "GET", "/admin/other", token()), 404, "not-found");
      ExpectProblem.assertProblem(ask(server, "GET", "/v2", token()), 404, "not-found");
      HttpResponse<String> page = ask(server, "GET", "/admin/", "");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "frame-ancestors 'none'");
      assertThat(server.client(TestServer.KEY_A).get("/admin/status").statusCode())
          .as("not at the API's port")
          .isEqualTo(404);
      try (RawSocket raw = RawSocket.connect(server.appliance.adminPort())) {
        raw.write(
            "GET /admin/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(InferCall.receive(raw).status()).isEqualTo(400);
      }
    }
  }
}
