package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Inferences in one request, written byte by byte as docs/protocol.md says: the good one, and bad
 * input, one test a case, named after it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class InferIT {

  private final SplittableRandom random =
      new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime()));
  private LoopbackModel model;
  private TestServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 2);
    server =
        TestServer.loopback(
            folder.resolve("data"),
            model,
            "limits.requestBytesMax=4096",
            "limits.requestDeadlineSeconds=1",
            "limits.roundDeadlineSeconds=1",
            "limits.inferencesPerTenantMax=2");
    client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    Eventually.holds(() -> model.openComputations.get() == 0, "computations are closed");
    Eventually.holds(() -> HostCiphertext.open() == 0, "ciphertexts are closed");
  }

  private InferCall call() {
    return new InferCall(client, random);
  }

  private InferCall.Answer refused(InferCall call, int status, String slug) throws IOException {
    return refused(call.send(), status, slug);
  }

  private static InferCall.Answer refused(InferCall.Answer answer, int status, String slug) {
    assertThat(answer.status()).as("status of %s", answer.headers()).isNotZero();
    assertThat(answer.slug()).as(answer.problem().encode()).isEqualTo(slug);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem().getString("requestId"))
        .isEqualTo(answer.headers().get("x-request-id"));
    return answer;
  }

  private void refusedJson(Consumer<InferCall> change, String inDetail) throws IOException {
    InferCall call = call();
    change.accept(call);
    assertThat(refused(call, 400, "request-invalid").problem().getString("detail"))
        .contains(inDetail);
  }

  @Test
  void goodRequestIsAnsweredWordForWord() throws Exception {
    int floods = model.floods.get();
    InferCall call = call();
    InferCall.Answer answer = call.send();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("content-type")).isEqualTo("application/octet-stream");
    JsonObject json = answer.json();
    assertThat(json.getString("model_name")).isEqualTo("loopback");
    assertThat(json.getString("model_version")).isEqualTo("1");
    assertThat(json.getString("id")).isEqualTo(HexFormat.of().formatHex(call.id));
    assertThat(json.getJsonObject("parameters").getString("engine")).isEqualTo("spare");
    assertThat(json.getJsonObject("parameters").getString("enginesFailed")).isEqualTo("echo");
    assertThat(json.getJsonObject("parameters").getLong("bytesIn")).isEqualTo(3L * 90_400);
    List<byte[]> tensors = answer.tensors();
    assertThat(tensors).hasSize(2);
    for (int i = 0; i < tensors.size(); i++) {
      assertThat(json.getJsonArray("outputs").getJsonObject(i).getString("name"))
          .isEqualTo("output" + i);
      checked(tensors.get(i), call, i);
    }
    assertThat(model.floods.get() - floods).as("answers with noise").isEqualTo(2);
  }

  /** Every field and word of an answer's envelope, by the table of the protocol's page. */
  private void checked(byte[] envelope, InferCall call, int index) throws GeneralSecurityException {
    HexFormat hex = HexFormat.of();
    ByteBuffer header = ByteBuffer.wrap(envelope).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(envelope).hasSize(180_448);
    assertThat(new String(envelope, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("CSTM");
    assertThat(envelope[6]).as("kind").isEqualTo((byte) 2);
    assertThat(envelope[8]).as("packing").isEqualTo((byte) 1);
    assertThat(header.getShort(10)).as("limbs").isEqualTo((short) 2);
    assertThat(header.getInt(20)).as("round").isZero();
    assertThat(header.getInt(24)).as("index").isEqualTo(index);
    assertThat(header.getDouble(32)).as("scale").isEqualTo(0x1p38);
    assertThat(Arrays.copyOfRange(envelope, 48, 64)).as("inference").isEqualTo(call.id);
    assertThat(hex.formatHex(envelope, 64, 80)).isEqualTo(client.session.getString("session"));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(hex.parseHex(client.session.getString("transportKey")), "HmacSHA256"));
    mac.update(envelope, 0, envelope.length - 32);
    assertThat(Arrays.copyOfRange(envelope, envelope.length - 32, envelope.length))
        .isEqualTo(mac.doFinal());
    int at = 192;
    ByteBuffer sent = call.words.get(index).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    for (int bits : new int[] {50, 38}) {
      byte[] limb = Arrays.copyOfRange(envelope, at, at + 1024 * bits);
      for (int i = 0; i < limb.length / 2; i++) { // BigInteger reads big endian
        byte swapped = limb[i];
        limb[i] = limb[limb.length - 1 - i];
        limb[limb.length - 1 - i] = swapped;
      }
      BigInteger packed = new BigInteger(1, limb);
      for (int k = 0; k < 8192; k += 271) {
        assertThat(packed.shiftRight(k * bits).longValue() & ((1L << bits) - 1))
            .as("word %d of %d bits", k, bits)
            .isEqualTo(sent.getLong(8 * (k + (bits == 50 ? 0 : 8192))));
      }
      at += 1024 * bits;
    }
  }

  @Test
  void theConnectionServesOneRequestAfterTheOther() throws Exception {
    try (RawSocket socket = RawSocket.connect(client.port)) {
      for (int i = 0; i < 3; i++) {
        InferCall call = call();
        assertThat(call.send(socket, call.header(), call.body()).status()).isEqualTo(200);
        InferCall bad = call();
        bad.parameters().put("tokenClass", 7);
        refused(bad.send(socket, bad.header(), bad.body()), 422, "token-class-unsupported");
      }
    }
  }

  /** In pieces that end in the header, at its end, in a tensor and between two. */
  @Test
  void whereverTheBodyIsCutTheAnswerIsTheSame() throws Exception {
    InferCall call = call();
    byte[] body = call.body();
    int header = call.header().length;
    int tensor = call.envelopes.get(0).length;
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(header, body.length));
      int from = 0;
      for (int to :
          new int[] {
            1, header - 1, header, header + 1, header + tensor, header + 2 * tensor + 1, body.length
          }) {
        socket.write(Arrays.copyOfRange(body, from, to));
        from = to;
      }
      assertThat(InferCall.receive(socket).status()).isEqualTo(200);
    }
  }

  @Test
  void allAnswersMayBeNamed() throws Exception {
    InferCall call = call();
    call.json.put(
        "outputs",
        new JsonArray()
            .add(new JsonObject().put("name", "output0"))
            .add(
                new JsonObject()
                    .put("name", "output1")
                    .put("parameters", new JsonObject().put("binary_data", true))));
    call.parameters().put("binary_data_output", true);
    assertThat(call.send().status()).isEqualTo(200);
  }

  @Test
  void expectedContinueIsAnsweredBeforeTheBody() throws Exception {
    InferCall call = call();
    call.headers.put("Expect", "100-continue");
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(call.header().length, call.body().length));
      assertThat(socket.head()).startsWith("HTTP/1.1 100 ");
      socket.write(call.body());
      assertThat(InferCall.receive(socket).status()).isEqualTo(200);
    }
  }

  @Test
  void modelSaysWhatItTakes() {
    JsonObject described = new JsonObject(client.get("/v2/models/loopback").body());
    assertThat(described.getJsonArray("inputs").getJsonObject(2))
        .isEqualTo(
            new JsonObject()
                .put("name", "input2")
                .put("datatype", "UINT8")
                .put("shape", new JsonArray().add(-1)));
    assertThat(described.getJsonArray("outputs")).hasSize(2);
    JsonObject request =
        described.getJsonObject("parameters").getJsonArray("requests").getJsonObject(0);
    assertThat(request.getInteger("tokenClass")).isEqualTo(29);
    assertThat(request.getString("planDigest")).isEqualTo(LoopbackModel.DIGEST);
    assertThat(request.getJsonArray("inputs").getJsonObject(0).getInteger("bytes"))
        .isEqualTo(90_400);
    assertThat(request.getJsonArray("outputs").getJsonObject(1).getDouble("scale"))
        .isEqualTo(0x1p38);
  }

  @Test
  void withoutHeaderLength() throws Exception {
    InferCall call = call();
    call.headers.put("Inference-Header-Content-Length", "");
    assertThat(refused(call, 400, "request-invalid").problem().getString("received"))
        .isEqualTo("a request without Inference-Header-Content-Length");
    for (String bad : List.of("0", "-1", "1e3", "0x10", "99999999999999999999")) {
      call.headers.put("Inference-Header-Content-Length", bad);
      refused(call, 400, "request-invalid");
    }
  }

  @Test
  void headerTooLong() throws Exception {
    InferCall call = call();
    call.headers.put("Inference-Header-Content-Length", "4097");
    assertThat(refused(call, 413, "too-large").problem().getString("limit"))
        .isEqualTo("requestBytesMax");
  }

  @Test
  void bodyTooLong() throws Exception {
    InferCall call = call();
    call.headers.put("Content-Length", "1000000000000");
    refused(call, 413, "too-large");
  }

  @Test
  void emptyBody() throws Exception {
    refused(call().send(call().header(), new byte[0]), 400, "request-invalid");
  }

  @Test
  void bodyWithoutLength() throws Exception {
    InferCall call = call();
    call.headers.put("Content-Length", "");
    call.headers.put("Transfer-Encoding", "chunked");
    byte[] chunk = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    refused(call.send(call.header(), chunk), 411, "length-required");
  }

  @Test
  void surplusBytes() throws Exception {
    InferCall call = call();
    byte[] body = Arrays.copyOf(call.body(), call.body().length + 1);
    assertThat(
            refused(call.send(call.header(), body), 400, "request-invalid")
                .problem()
                .getString("expected"))
        .contains(body.length - 1 + " bytes");
  }

  @Test
  void lengthsThatDisagree() throws Exception {
    InferCall call = call();
    byte[] body = call.body();
    refused(call.send(call.header(), Arrays.copyOf(body, body.length - 1)), 400, "request-invalid");
    byte[] header = call.header();
    refused(call.send(Arrays.copyOf(header, header.length - 1), body), 400, "request-invalid");
    refusedJson(c -> c.input(0).getJsonObject("parameters").put("binary_data_size", 5), "shape");
  }

  @Test
  void truncatedBody() throws Exception {
    InferCall call = call();
    byte[] body = call.body();
    int steps = model.steps.get();
    for (int length : new int[] {0, 10, call.header().length, call.header().length + 5, 200_000}) {
      InferCall each = call();
      try (RawSocket socket = RawSocket.connect(client.port)) {
        socket.write(each.head(each.header().length, each.body().length));
        socket.write(Arrays.copyOf(each.body(), length));
        socket.socket.shutdownOutput();
        assertThat(InferCall.receive(socket).status()).as("%d of %d", length, body.length).isZero();
      }
    }
    Eventually.holds(() -> server.appliance.connections() <= 1, "connections are closed");
    assertThat(model.steps.get()).isEqualTo(steps);
  }

  @Test
  void bodyThatNeverComes() throws Exception {
    InferCall call = call();
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(call.header().length, call.body().length));
      InferCall.Answer answer = refused(InferCall.receive(socket), 408, "deadline-exceeded");
      assertThat(answer.problem().getString("limit")).isEqualTo("requestDeadlineSeconds");
      assertThat(answer.headers().get("connection")).isEqualTo("close");
    }
  }

  @Test
  void envelopesThatNeverCome() throws Exception {
    InferCall call = call();
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(call.header().length, call.body().length));
      socket.write(Arrays.copyOf(call.body(), 150_000));
      InferCall.Answer answer = refused(InferCall.receive(socket), 408, "deadline-exceeded");
      assertThat(answer.problem().getString("limit")).isEqualTo("roundDeadlineSeconds");
    }
  }

  @Test
  void headerThatIsNoJsonObject() throws Exception {
    InferCall call = call();
    for (String bad :
        List.of("[]", "{", "null", "{}{}", "\"a\"", "{\"id\":\"\u00ff", "[".repeat(4000))) {
      byte[] header = bad.getBytes(StandardCharsets.ISO_8859_1);
      refused(call.send(header, header), 400, "request-invalid");
    }
  }

  @Test
  void memberThatIsNotKnownMissingOrOfAnotherType() throws Exception {
    refusedJson(c -> c.json.put("priority", 1), "priority");
    refusedJson(c -> c.parameters().put("binary", true), "binary");
    refusedJson(c -> c.input(1).put("data", new JsonArray().add(1)), "data");
    refusedJson(c -> c.json.remove("id"), "id 'null'");
    refusedJson(c -> c.json.put("id", "ABCDEF"), "id 'ABCDEF'");
    refusedJson(c -> c.json.put("parameters", 5), "parameters '5'");
    refusedJson(c -> c.parameters().put("tokenClass", "29"), "tokenClass '29'");
    refusedJson(c -> c.parameters().put("tokenClass", 29.5), "tokenClass '29.5'");
    refusedJson(c -> c.parameters().remove("session"), "session 'null'");
    refusedJson(c -> c.json.put("inputs", new JsonObject()), "inputs");
    refusedJson(c -> c.json.getJsonArray("inputs").set(0, "input0"), "inputs[0]");
    refusedJson(c -> c.input(0).put("datatype", "BYTES"), "UINT8");
    refusedJson(c -> c.input(0).put("shape", new JsonArray().add(1).add(90_400)), "shape");
    refusedJson(c -> c.input(0).put("shape", new JsonArray().add(90_401)), "shape");
    refusedJson(c -> c.parameters().put("binary_data_output", false), "answers are binary");
  }

  @Test
  void tensorsOfAnotherNumberOrName() throws Exception {
    refusedJson(c -> c.json.getJsonArray("inputs").remove(2), "2 inputs");
    refusedJson(c -> c.json.put("inputs", new JsonArray()), "0 inputs");
    refusedJson(c -> c.add(3, LoopbackModel.SHAPE), "4 inputs");
    refusedJson(c -> c.input(1).put("name", "input2"), "input2");
    refusedJson(
        c -> c.json.put("outputs", new JsonArray().add(new JsonObject().put("name", "output0"))),
        "1 outputs");
  }

  @Test
  void envelopesOfAnotherLength() throws Exception {
    InferCall longer = call();
    longer.with(1, new byte[200_000]);
    assertThat(refused(longer, 413, "too-large").problem().getString("wireError"))
        .isEqualTo("OVERSIZED");
    for (int bytes : new int[] {0, 1, 90_399, 90_401}) {
      InferCall other = call();
      other.with(1, new byte[bytes]);
      assertThat(refused(other, 422, "ciphertext-invalid").problem().getString("wireError"))
          .isEqualTo("TRUNCATED");
    }
    InferCall negative = call();
    negative
        .input(0)
        .put("shape", new JsonArray().add(-90_400))
        .getJsonObject("parameters")
        .put("binary_data_size", -90_400);
    refused(negative, 422, "ciphertext-invalid");
  }

  @Test
  void wrongLevel() throws Exception {
    InferCall call = call();
    call.envelopes.remove(2);
    call.add(2, new CiphertextSpec(1, 0x1p38));
    assertThat(refused(call, 422, "ciphertext-invalid").problem().getString("received"))
        .contains("51488 bytes");
    InferCall said = call();
    ByteBuffer.wrap(said.envelopes.get(1)).order(ByteOrder.LITTLE_ENDIAN).putShort(10, (short) 1);
    refused(said, 422, "level-exhausted");
  }

  @Test
  void wrongScale() throws Exception {
    InferCall call = call();
    call.envelopes.remove(2);
    call.add(2, new CiphertextSpec(2, 0x1p37));
    assertThat(refused(call, 422, "ciphertext-invalid").problem().getString("wireError"))
        .isEqualTo("SCALE");
  }

  @Test
  void wrongParameterSet() throws Exception {
    InferCall call = call();
    call.envelopes.get(0)[100] ^= 1;
    refused(call, 422, "params-rejected");
  }

  @Test
  void envelopeOfAnotherInferenceOrPlace() throws Exception {
    refused(call().with(0, call().envelopes.get(0)), 409, "round-replayed");
    InferCall swapped = call();
    swapped.with(0, swapped.envelopes.get(1));
    refused(swapped, 409, "round-out-of-order");
    InferCall later = call();
    later.with(
        2,
        client.ciphertext(
            new EnvelopePosition(later.id, 0, 2),
            LoopbackModel.SHAPE,
            client.bytes(64),
            client.words(2, false)));
    refused(later, 409, "round-out-of-order");
  }

  @Test
  void changedByte() throws Exception {
    InferCall call = call();
    call.envelopes.get(2)[5000] ^= 1;
    assertThat(refused(call, 422, "ciphertext-invalid").problem().getString("wireError"))
        .isEqualTo("DIGEST");
  }

  @Test
  void envelopeOfAnotherSession() throws Exception {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    InferCall call = call();
    call.with(
        0,
        other.ciphertext(
            new EnvelopePosition(call.id, -1, 0),
            LoopbackModel.SHAPE,
            client.bytes(64),
            client.words(2, false)));
    refused(call, 422, "key-mismatch");
  }

  @Test
  void missingKeys() throws Exception {
    TestClient other = server.client(TestServer.KEY_A).createSession("loopback");
    assertThat(
            refused(new InferCall(other, random).send(), 409, "key-missing")
                .problem()
                .getJsonArray("missingKeys"))
        .hasSize(4);
  }

  @Test
  void sessionOfAnotherTenantOrNone() throws Exception {
    InferCall call = new InferCall(client, random);
    call.headers.put("Authorization", "Bearer " + TestServer.KEY_B);
    refused(call, 404, "session-unknown");
    call.headers.put("Authorization", "Bearer unknown-unknown");
    refused(call, 401, "unauthorized");
  }

  @Test
  void otherModelModeClassOrPlan() throws Exception {
    InferCall unknown = call();
    unknown.path = "/v2/models/nothing/infer";
    refused(unknown, 404, "model-unknown");
    InferCall interactive = call();
    interactive.parameters().put("mode", "paper").put("tokenClass", 16);
    assertThat(refused(interactive, 422, "mode-unsupported").problem().getString("action"))
        .contains("WebSocket");
    InferCall plan = call();
    plan.parameters().put("planDigest", "00".repeat(32));
    refused(plan, 409, "plan-mismatch");
  }

  @Test
  void sealedOnAWebSocketIsToldWhereToAsk() {
    try (TestSocket socket = client.socket()) {
      socket.start(socket.startMessage("sealed", 29, LoopbackModel.DIGEST));
      assertThat(socket.problem().getString("action")).contains("POST /v2/models/loopback/infer");
    }
  }

  @Test
  void idThatWasUsedBefore() throws Exception {
    InferCall call = call();
    assertThat(call.send().status()).isEqualTo(200);
    refused(call, 409, "round-replayed");
  }

  @Test
  void oneMoreThanTheTenantsShare() throws Exception {
    model.gate = new Semaphore(0);
    try (RawSocket first = RawSocket.connect(client.port);
        RawSocket second = RawSocket.connect(client.port)) {
      for (RawSocket socket : List.of(first, second)) {
        InferCall call = call();
        socket.write(call.head(call.header().length, call.body().length));
        socket.write(call.body());
      }
      Eventually.holds(
          () -> client.get("/metrics").body().contains("he_inferences_active 2"), "both run");
      InferCall.Answer third = refused(call(), 429, "quota-exceeded");
      assertThat(third.headers().get("retry-after")).isEqualTo("2");
      model.gate.release(3);
      assertThat(InferCall.receive(first).status()).isEqualTo(200);
      assertThat(InferCall.receive(second).status()).isEqualTo(200);
      assertThat(call().send().status()).as("the share is free again").isEqualTo(200);
    } finally {
      release();
    }
  }

  private void release() {
    Semaphore gate = model.gate;
    model.gate = null;
    if (gate != null) {
      gate.release(100);
    }
  }

  @Test
  void sessionDeletedMeanwhile() throws Exception {
    TestClient own = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
    model.gate = new Semaphore(0);
    try (RawSocket socket = RawSocket.connect(client.port)) {
      InferCall call = new InferCall(own, random);
      socket.write(call.head(call.header().length, call.body().length));
      socket.write(call.body());
      Eventually.holds(() -> model.openComputations.get() == 1, "it is computed");
      assertThat(own.send("DELETE", own.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
      refused(InferCall.receive(socket), 404, "session-unknown");
    } finally {
      release();
    }
  }
}
