package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.KeySpec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bad input over real sockets, one test a case, named after it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class BadInputIT {

  private Path data;
  private LoopbackModel model;
  private TestServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    data = folder;
    Path zip = Files.writeString(folder.resolve("client.zip"), "not really a zip");
    model = new LoopbackModel(zip, 2);
    server = TestServer.loopback(folder.resolve("data"), model);
    client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLeftOpen() {
    Eventually.holds(() -> model.openComputations.get() == 0, "computations are closed");
    Eventually.holds(() -> HostCiphertext.open() == 0, "ciphertexts are closed");
  }

  @Test
  void goodInputIsAnsweredWordForWord() {
    try (TestSocket s = client.socket().start()) {
      assertThat(s.text("accepted").getInteger("rounds")).isEqualTo(2);
      ByteBuffer first = s.send(-1, 0);
      s.send(-1, 1);
      assertThat(s.text("round").getInteger("count")).isEqualTo(2);
      assertThat(c0(s.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(first);
      s.ciphertext(0, 1, LoopbackModel.SHAPE);
      ByteBuffer second = s.send(0, 0);
      assertThat(s.text("round").getString("operation")).isEqualTo("activation");
      assertThat(c0(s.ciphertext(1, 0, LoopbackModel.SHAPE))).isEqualTo(second);
      ByteBuffer third = s.send(1, 0);
      s.send(1, 1);
      JsonObject result = s.text("result");
      assertThat(result.getString("engine")).as("of the last step").isEqualTo("spare");
      assertThat(result.getJsonArray("enginesFailed")).containsExactly("echo");
      assertThat(result.getLong("bytesIn")).isPositive();
      assertThat(c0(s.ciphertext(2, 0, LoopbackModel.SHAPE))).isEqualTo(third);
    }
    assertThat(client.get("/metrics").body())
        .contains("he_inference_requests_total{model=\"loopback\",outcome=\"ok\",version=\"1\"}")
        .contains("he_queue_seconds")
        .contains("he_compute_seconds")
        .contains("he_inference_part_seconds_count{part=\"wait\"}")
        .contains("he_inference_part_seconds_count{part=\"receive\"}")
        .contains("he_inference_part_seconds_count{part=\"step\"}")
        .contains("he_inference_part_seconds_count{part=\"send\"}")
        .contains("he_message_seconds_count{op=\"decode\"}")
        .contains("he_message_seconds_count{op=\"encode\"}")
        .contains("he_session_key_bytes");
  }

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
                client.newSession("loopback").put("modes", new JsonArray().add("assisted"))),
            422,
            "mode-unsupported");
    assertThat(problem.getString("expected")).contains("paper");
  }

  @Test
  void wrongMode() {
    refusedStart("mode", "compact", "mode-unsupported");
  }

  @Test
  void wrongTokenClass() {
    refusedStart("tokenClass", 4096, "token-class-unsupported");
  }

  @Test
  void otherPlan() {
    refusedStart("planDigest", "00".repeat(32), "plan-mismatch");
  }

  @Test
  void startThatIsNoStart() {
    refusedStart("inference", "xyz", "request-invalid");
    refusedStart("extra", "extra", "request-invalid");
    refusedStart("type", "begin", "request-invalid");
    try (TestSocket s = client.socket()) {
      s.socket.writeTextMessage("{{{");
      assertType(s.problem(), "request-invalid");
      assertThat(s.closed()).isEqualTo((short) 4400);
    }
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
  void ciphertextWithAWordNotBelowItsModulus() {
    JsonObject problem = refused(e -> e.setLongLE(192 + 64 + 8, -1L), true, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("WORD");
    assertThat(problem.getString("detail")).contains("limb 0").contains("1125899906629633");
  }

  @Test
  void wrongLevel() {
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      s.send(-1, 0, new CiphertextSpec(1, 0x1p38));
      assertType(s.problem(), "level-exhausted");
      assertThat(s.closed()).isEqualTo((short) 4400);
    }
  }

  @Test
  void wrongScale() {
    JsonObject problem =
        refused(e -> e.setLongLE(32, Double.doubleToLongBits(0x1p39)), true, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("SCALE");
  }

  @Test
  void nanScale() {
    JsonObject problem =
        refused(
            e -> e.setLongLE(32, Double.doubleToLongBits(Double.NaN)), true, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("SCALE");
    assertThat(problem.getString("detail")).contains("NaN");
  }

  @Test
  void truncatedCiphertext() {
    JsonObject problem =
        refused(e -> e.writerIndex(e.writerIndex() / 2), false, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("TRUNCATED");
  }

  @Test
  void emptyCiphertext() {
    JsonObject problem = refused(ByteBuf::clear, false, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("TRUNCATED");
  }

  @Test
  void oversizedCiphertext() {
    refused(e -> e.writeZero(1 << 20), false, "too-large");
  }

  @Test
  void changedCiphertext() {
    JsonObject problem =
        refused(e -> e.setByte(5000, e.getByte(5000) ^ 1), false, "ciphertext-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("DIGEST");
  }

  @Test
  void ciphertextOfAnotherSession() {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      ByteBuf foreign =
          Unpooled.wrappedBuffer(
              other.ciphertext(
                  new EnvelopePosition(s.inference, -1, 0),
                  LoopbackModel.SHAPE,
                  client.bytes(64),
                  client.words(2, false)));
      s.send(foreign);
      assertType(s.problem(), "key-mismatch");
    }
  }

  @Test
  void keyOfAnotherSession() {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    KeySpec spec = KeySpec.rotation(1, 2);
    assertProblem(client.putKey("1", other.keyEnvelope(spec)), 422, "key-mismatch");
  }

  @Test
  void publicKeyOfAnotherKeyPair() {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    byte[] seed = other.publicSeed.clone();
    other.publicSeed[0] ^= 1;
    assertProblem(other.putKey(KeySpec.publicKey(other.parameters)), 422, "key-mismatch");
    System.arraycopy(seed, 0, other.publicSeed, 0, seed.length);
    assertThat(other.putKey(KeySpec.publicKey(other.parameters)).statusCode()).isEqualTo(200);
  }

  @Test
  void keyWithAWordNotBelowItsModulus() throws Exception {
    byte[] key = client.keyEnvelope(KeySpec.rotation(-3, 1));
    Arrays.fill(key, 192 + 64, 192 + 64 + 8, (byte) 0xff);
    JsonObject problem = assertProblem(client.putKey("-3", resign(key)), 422, "key-invalid");
    assertThat(problem.getString("wireError")).isEqualTo("WORD");
    assertThat(client.get(client.path()).body()).contains("\"ready\":true");
  }

  @Test
  void keyForOtherLimbs() {
    assertProblem(
        client.putKey("1", client.keyEnvelope(KeySpec.rotation(1, 1))), 422, "key-invalid");
    assertProblem(client.putKey("1", client.keyEnvelope(KeySpec.rotation(1, 4))), 413, "too-large");
  }

  @Test
  void missingRotationKey() {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    for (KeySpec spec : other.requiredKeys()) {
      if (!spec.label().equals("-3")) {
        assertThat(other.putKey(spec).statusCode()).isEqualTo(200);
      }
    }
    try (TestSocket s = other.socket().start()) {
      JsonObject problem = s.problem();
      assertType(problem, "key-missing");
      assertThat(problem.getJsonArray("missingKeys").getList())
          .isEqualTo(Collections.singletonList("-3"));
    }
  }

  @Test
  void extraKeys() {
    JsonObject problem =
        assertProblem(
            client.putKey("99", client.keyEnvelope(KeySpec.rotation(99, 1))),
            422,
            "key-unexpected");
    assertThat(problem.getString("detail")).contains("99").contains("-3");
    assertProblem(client.putKey("..%2f..%2fetc", new byte[10]), 400, "request-invalid");
  }

  @Test
  void replayedRound() {
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      ByteBuf first = s.envelope(-1, 0, LoopbackModel.SHAPE, client.words(2, false));
      s.send(first.copy());
      s.send(-1, 1);
      s.text("round");
      s.ciphertext(0, 0, LoopbackModel.SHAPE);
      s.ciphertext(0, 1, LoopbackModel.SHAPE);
      s.send(first);
      JsonObject problem = s.problem();
      assertType(problem, "round-replayed");
      assertThat(problem.getString("detail")).contains("round -1").contains("round 0");
    }
  }

  @Test
  void replayedRoundWhileTheApplianceComputes() {
    model.gate = new Semaphore(0);
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      ByteBuf first = s.envelope(-1, 0, LoopbackModel.SHAPE, client.words(2, false));
      s.send(first.copy());
      s.send(-1, 1);
      s.send(first);
      assertType(s.problem(), "round-replayed");
    } finally {
      release();
    }
  }

  @Test
  void replayedInference() {
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      try (TestSocket again = client.socket()) {
        again.start(s.startMessage());
        assertType(again.problem(), "round-replayed");
      }
    }
  }

  @Test
  void roundOutOfOrder() {
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      s.send(0, 0);
      assertType(s.problem(), "round-out-of-order");
    }
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      s.send(-1, 1);
      assertType(s.problem(), "round-out-of-order");
    }
    try (TestSocket s = client.socket()) {
      s.send(-1, 0);
      assertType(s.problem(), "round-out-of-order");
    }
  }

  @Test
  void longTextMessage() {
    try (TestSocket s = client.socket()) {
      s.socket.writeTextMessage("x".repeat(20_000));
      assertType(s.problem(), "too-large");
    }
  }

  @Test
  void clientGoneMidRound() {
    model.gate = new Semaphore(0);
    int before = model.steps.get();
    TestSocket s = client.socket().start();
    s.inputs();
    Eventually.holds(() -> model.openComputations.get() == 1, "the step has begun");
    s.close();
    release();
    Eventually.holds(() -> model.openComputations.get() == 0, "the computation is freed");
    Eventually.holds(() -> HostCiphertext.open() == 0, "the ciphertexts are freed");
    assertThat(model.steps.get()).isEqualTo(before + 1);
  }

  @Test
  void clientGoneWhileSending() {
    TestSocket s = client.socket().start();
    s.text("accepted");
    s.send(-1, 0);
    s.close();
    Eventually.holds(() -> HostCiphertext.open() == 0, "the ciphertexts are freed");
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
      assertThat(c0(mine.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(myWords);
      assertThat(c0(theirs.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(theirWords);
    }
  }

  @Test
  void deletedSessionLeavesNothingBehind() throws Exception {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
    Path folder = data.resolve("data/sessions").resolve(other.session.getString("session"));
    assertThat(folder.resolve("keys")).isDirectoryContaining("glob:**/-3.key");
    HttpResponse<String> deleted = client.send("DELETE", other.path(), BodyPublishers.noBody());
    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(folder).doesNotExist();
    assertProblem(client.get(other.path()), 404, "session-unknown");
  }

  @Test
  void startInASessionDeletedSinceTheConnectionWasOpened() {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
    try (TestSocket s = other.socket()) {
      assertThat(client.send("DELETE", other.path(), BodyPublishers.noBody()).statusCode())
          .isEqualTo(204);
      // The appliance may close the connection before or after this message reaches it.
      s.socket.writeTextMessage(s.startMessage().encode());
      assertType(s.problem(), "session-unknown");
    }
  }

  @Test
  void keyUploadThatBreaksOffLeavesNothingBehind() throws Exception {
    KeySpec spec = KeySpec.rotation(1, 2);
    byte[] key = client.keyEnvelope(spec);
    try (java.net.Socket raw = new java.net.Socket(InetAddress.getLoopbackAddress(), client.port)) {
      String head =
          "PUT "
              + client.path()
              + "/keys/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TestServer.KEY_A
              + "\r\nContent-Length: "
              + key.length
              + "\r\n\r\n";
      raw.getOutputStream().write(head.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      raw.getOutputStream().write(key, 0, 100_000);
      raw.getOutputStream().flush();
      Eventually.holds(() -> uploads() == 1, "the upload has begun");
    }
    Eventually.holds(() -> uploads() == 0, "the half upload is gone");
  }

  private long uploads() {
    try (Stream<Path> files = Files.list(data.resolve("data/uploads"))) {
      return files.count();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void release() {
    Semaphore gate = model.gate;
    model.gate = null;
    gate.release(100);
  }

  private interface Change {
    void apply(ByteBuf envelope);
  }

  /** Sends a changed first input, signed anew or not, and returns the problem. */
  private JsonObject refused(Change change, boolean sign, String type) {
    try (TestSocket s = client.socket().start()) {
      s.text("accepted");
      ByteBuf good = s.envelope(-1, 0, LoopbackModel.SHAPE, client.words(2, false));
      ByteBuf bad = good.alloc().directBuffer().writeBytes(good);
      good.release();
      change.apply(bad);
      if (sign) {
        byte[] bytes = new byte[bad.readableBytes()];
        bad.getBytes(0, bytes);
        bad.setBytes(0, resign(bytes));
      }
      s.send(bad);
      JsonObject problem = s.problem();
      assertType(problem, type);
      assertThat(s.closed()).isEqualTo((short) 4400);
      return problem;
    }
  }

  private byte[] resign(byte[] envelope) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              java.util.HexFormat.of().parseHex(client.session.getString("transportKey")),
              "HmacSHA256"));
      mac.update(envelope, 0, envelope.length - 32);
      System.arraycopy(mac.doFinal(), 0, envelope, envelope.length - 32, 32);
      return envelope;
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void refusedStart(String member, Object value, String type) {
    try (TestSocket s = client.socket()) {
      s.start(s.startMessage().put(member, value));
      JsonObject problem = s.problem();
      assertType(problem, type);
      assertThat(problem.getString("detail")).contains(String.valueOf(value));
      assertThat(s.closed()).isEqualTo((short) 4400);
    }
  }

  private static ByteBuffer c0(ByteBuffer words) {
    return words.slice(0, words.remaining() / 2);
  }

  static void assertType(JsonObject problem, String type) {
    assertThat(problem.getString("type"))
        .as(problem.encode())
        .isEqualTo("urn:cipherstream:problem:" + type);
  }

  static JsonObject assertProblem(HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertType(problem, type);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    return problem;
  }
}
