package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Inferences in one request: the good one in every form, and when it comes at a bad time. */
@Tag("slow")
class InferIT extends InferCase {

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
  private void checked(byte[] envelope, InferCall call, int index) {
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
    assertThat(Arrays.copyOfRange(envelope, envelope.length - 32, envelope.length))
        .isEqualTo(client.digest(envelope));
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
