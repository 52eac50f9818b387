package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.wire.KeySpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bad input over real sockets, one test a case, named after it: requests and sessions. */
@Tag("slow")
class BadRequestIT extends LoopbackCase {

  @Test
  void noApiKey() {
    TestClient stranger = server.client("not-a-key");
    assertProblem(stranger.get("/v2/models"), 401, "unauthorized");
    assertThat(stranger.get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(stranger.get("/v2/health/ready").statusCode()).isEqualTo(200);
    assertThat(stranger.get("/openapi.yaml").body()).startsWith("openapi: 3.1.0");
  }

  @Test
  void unknownPathAndMethod() {
    assertProblem(client.get("/v2/nothing"), 404, "not-found");
    assertProblem(
        client.send("DELETE", "/v2/models", BodyPublishers.noBody()), 405, "method-not-allowed");
  }

  @Test
  void unknownModel() {
    JsonObject problem =
        assertProblem(
            client.post("/v2/sessions", client.newSession("gpt-17")), 404, "model-unknown");
    assertThat(problem.getString("detail")).contains("gpt-17").contains("loopback");
    assertThat(problem.getString("error")).isEqualTo(problem.getString("detail"));
    assertProblem(client.get("/v2/models/gpt-17"), 404, "model-unknown");
  }

  @Test
  void wrongModeForASession() {
    JsonObject problem =
        assertProblem(
            client.post(
                "/v2/sessions",
                client.newSession("loopback").put("modes", new JsonArray().add("hybrid"))),
            422,
            "mode-unsupported");
    assertThat(problem.getString("expected")).contains("paper");
  }

  @Test
  void unknownParameterSet() {
    assertProblem(
        client.post(
            "/v2/sessions", client.newSession("loopback").put("parametersDigest", "0".repeat(64))),
        422,
        "params-rejected");
  }

  @Test
  void bodyThatBreaksTheContract() {
    JsonObject body = client.newSession("loopback");
    assertProblem(
        client.post("/v2/sessions", body.copy().put("surprise", 1)), 400, "request-invalid");
    assertProblem(
        client.post("/v2/sessions", body.copy().put("keyFingerprint", "short")),
        400,
        "request-invalid");
    body.remove("model");
    assertProblem(client.post("/v2/sessions", body), 400, "request-invalid");
    assertProblem(
        client.send("POST", "/v2/sessions", BodyPublishers.ofString("[")), 400, "request-invalid");
    assertProblem(
        client.send("POST", "/v2/sessions", BodyPublishers.ofString(" ".repeat(70_000))),
        413,
        "too-large");
  }

  @Test
  void neitherOfTwoTenantsCanUseTheOthersSession() {
    TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
    String own = client.path();
    assertProblem(b.get(own), 404, "session-unknown");
    assertProblem(b.send("DELETE", own, BodyPublishers.noBody()), 404, "session-unknown");
    assertProblem(
        b.send(
            "PUT",
            own + "/keys/1",
            BodyPublishers.ofByteArray(b.keyEnvelope(KeySpec.rotation(1, 2)))),
        404,
        "session-unknown");
    assertProblem(b.get(own + "/inferences"), 404, "session-unknown");
    TestClient thief = server.client(TestServer.KEY_B);
    thief.adopt(client.session);
    assertProblem(thief.get(own), 404, "session-unknown");
    try (TestSocket mine = client.socket().start();
        TestSocket theirs = b.socket().start()) {
      mine.text("accepted");
      theirs.text("accepted");
      ByteBuffer myWords = mine.send(-1, 0);
      ByteBuffer theirWords = theirs.send(-1, 0);
      mine.send(-1, 1);
      theirs.send(-1, 1);
      mine.text("round");
      theirs.text("round");
      assertThat(TestSocket.c0(mine.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(myWords);
      assertThat(TestSocket.c0(theirs.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(theirWords);
    }
  }

  @Test
  void deletedSessionLeavesNothingBehind() throws Exception {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
    Path folder = data.resolve("sessions").resolve(other.session.getString("session"));
    assertThat(folder.resolve("keys")).isDirectoryContaining("glob:**/-3.key");
    HttpResponse<String> deleted = client.send("DELETE", other.path(), BodyPublishers.noBody());
    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(folder).doesNotExist();
    assertProblem(client.get(other.path()), 404, "session-unknown");
  }
}
