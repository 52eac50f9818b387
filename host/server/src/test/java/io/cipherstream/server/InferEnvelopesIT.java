package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.vertx.core.json.JsonArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Inferences in one request: bad envelopes, and requests for what the tenant or the model does not
 * have; one test a case, named after it.
 */
@Tag("slow")
class InferEnvelopesIT extends InferCase {

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
}
