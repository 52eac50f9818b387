package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every path of the contract with every method and content type, as the contract has them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MethodsIT {

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

  private static final String TRACK = "ab".repeat(16);
  private static final String JOB = "cd".repeat(16);

  private TestServer server;
  private TestClient client;
  private JsonNode contract;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path zip = Files.writeString(folder.resolve("client.zip"), "not really a zip");
    storeTrack(folder.resolve("data/tracks").resolve(TRACK));
    storeJob(folder.resolve("data/jobs").resolve(JOB));
    server = TestServer.loopback(folder.resolve("data"), new LoopbackModel(zip, 1));
    client = server.client(TestServer.KEY_A).createSession("loopback");
    contract = new YAMLMapper().readTree(client.get("/openapi.yaml").body());
  }

  /** A track of the client's tenant, as an appliance before this one has left it. */
  private static void storeTrack(Path folder) throws IOException {
    Files.createDirectories(folder);
    JsonObject info =
        new JsonObject()
            .put("id", TRACK)
            .put("tenant", "a")
            .put("chunks", 1)
            .put("session", "1".repeat(32))
            .put("parametersDigest", "2".repeat(64))
            .put("keyFingerprint", "3".repeat(64))
            .put("transportKey", "4".repeat(64))
            .put("created", 1);
    Files.writeString(folder.resolve("track.json"), info.encode());
  }

  /** A job of the same tenant that is done. */
  private static void storeJob(Path folder) throws IOException {
    Files.createDirectories(folder);
    JsonObject info =
        new JsonObject()
            .put("id", JOB)
            .put("tenant", "a")
            .put("session", "1".repeat(32))
            .put("model", "loopback")
            .put("inference", "2".repeat(32))
            .put("created", 1)
            .put("ended", Instant.now().getEpochSecond())
            .put("bytes", 3)
            .put("headerBytes", 2);
    Files.writeString(folder.resolve("job.json"), info.encode());
    Files.writeString(folder.resolve("answer"), "{}x");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private String path(String template) {
    return template
        .replace("{model}", "loopback")
        .replace("{session}", client.session.getString("session"))
        .replace("{key}", "public")
        .replace("{track}", TRACK)
        .replace("{job}", JOB)
        .replace("{index}", "0");
  }

  @Test
  void everyOtherMethodIsRefusedWithThoseThatThereAre() {
    for (Map.Entry<String, JsonNode> item : contract.path("paths").properties()) {
      Set<String> has = new TreeSet<>();
      METHODS.stream()
          .filter(m -> item.getValue().has(m.toLowerCase(Locale.ROOT)))
          .forEach(has::add);
      if (has.contains("GET")) {
        has.add("HEAD");
      }
      for (String method : METHODS) {
        if (!has.contains(method)) {
          HttpResponse<String> answer =
              client.send(method, path(item.getKey()), TestClient.NOTHING);
          assertThat(answer.statusCode()).as(method + " " + item.getKey()).isEqualTo(405);
          assertThat(answer.headers().firstValue("Allow")).hasValue(String.join(", ", has));
          if (!method.equals("HEAD")) {
            assertProblem(answer, 405, "method-not-allowed");
          }
        }
      }
    }
  }

  @Test
  void headIsAnsweredLikeGetWithoutTheBody() {
    for (Map.Entry<String, JsonNode> item : contract.path("paths").properties()) {
      if (item.getValue().has("get") && !item.getKey().endsWith("/inferences")) {
        HttpResponse<String> get = client.get(path(item.getKey()));
        HttpResponse<String> head = client.send("HEAD", path(item.getKey()), TestClient.NOTHING);
        assertThat(head.statusCode()).as(item.getKey()).isEqualTo(get.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type"))
            .isEqualTo(get.headers().firstValue("Content-Type"));
        assertThat(head.body()).isEmpty();
        head.headers()
            .firstValueAsLong("Content-Length")
            .ifPresent(length -> assertThat(length).isEqualTo(get.body().length()));
      }
    }
    assertThat(client.send("HEAD", "/v2/models/other", TestClient.NOTHING).statusCode())
        .isEqualTo(404);
    assertThat(server.client("no-key").send("HEAD", "/v2/models", TestClient.NOTHING).statusCode())
        .isEqualTo(401);
  }

  @Test
  void anotherContentTypeIsRefusedWithTheRightOne() {
    JsonObject body = client.newSession("loopback");
    for (String type : List.of("text/plain", "application/xml", "application/jsonx", "", "x;y")) {
      HttpResponse<String> answer = client.post("/v2/sessions", body, "Content-Type", type);
      assertProblem(answer, 415, "unsupported-media-type");
      assertThat(answer.headers().firstValue("Accept")).hasValue("application/json");
    }
    for (String type : List.of("application/json; charset=utf-8", "Application/JSON")) {
      assertThat(client.post("/v2/sessions", body, "Content-Type", type).statusCode())
          .as(type)
          .isEqualTo(201);
    }
    assertProblem(
        client.send(
            "PUT",
            client.path() + "/keys/public",
            BodyPublishers.ofByteArray(new byte[10]),
            "Content-Type",
            "application/json"),
        415,
        "unsupported-media-type");
  }
}
