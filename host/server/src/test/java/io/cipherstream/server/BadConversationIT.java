package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.netty.buffer.ByteBuf;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Bad input over real sockets, one test a case, named after it: messages of an inference that are
 * not due; before them, a good one.
 */
@Tag("slow")
class BadConversationIT extends LoopbackCase {

  @Test
  void goodInputIsAnsweredWordForWord() {
    try (TestSocket s = client.socket().start()) {
      assertThat(s.text("accepted").getInteger("rounds")).isEqualTo(2);
      ByteBuffer first = s.send(-1, 0);
      s.send(-1, 1);
      assertThat(s.text("round").getInteger("count")).isEqualTo(2);
      assertThat(TestSocket.c0(s.ciphertext(0, 0, LoopbackModel.SHAPE))).isEqualTo(first);
      s.ciphertext(0, 1, LoopbackModel.SHAPE);
      ByteBuffer second = s.send(0, 0);
      assertThat(s.text("round").getString("operation")).isEqualTo("activation");
      assertThat(TestSocket.c0(s.ciphertext(1, 0, LoopbackModel.SHAPE))).isEqualTo(second);
      ByteBuffer third = s.send(1, 0);
      s.send(1, 1);
      JsonObject result = s.text("result");
      assertThat(result.getString("engine")).as("of the last step").isEqualTo("spare");
      assertThat(result.getJsonArray("enginesFailed")).containsExactly("echo");
      assertThat(result.getLong("bytesIn")).isPositive();
      assertThat(TestSocket.c0(s.ciphertext(2, 0, LoopbackModel.SHAPE))).isEqualTo(third);
    }
    assertThat(client.get("/metrics").body())
        .containsPattern(
            "he_inference_requests_total\\{model=\"loopback\",outcome=\"ok\",version=\"1\"} [1-9]")
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
    refusedStart("traceparent", "00-ab-cd-01", "request-invalid");
    try (TestSocket s = client.socket()) {
      s.socket.writeTextMessage("{{{");
      assertType(s.problem(), "request-invalid");
      assertThat(s.closed()).isEqualTo((short) 4400);
    }
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

  /** What goes on after a step on the connection's own thread. */
  @Test
  void aFaultAfterAStepEndsTheInference() {
    model.gate = new Semaphore(0);
    try (TestSocket s = client.socket().start()) {
      s.inputs();
      Eventually.holds(() -> model.openComputations.get() == 1, "the step has begun");
      model.plantedBackendFault = true;
      release();
      assertType(s.problem(), "internal");
    } finally {
      model.plantedBackendFault = false;
      release();
    }
  }

  @Test
  void clientGoneWhileSending() {
    TestSocket s = client.socket().start();
    s.text("accepted");
    s.send(-1, 0);
    s.close();
    Eventually.holds(() -> HostCiphertext.open() == 0, "the ciphertexts are freed");
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
}
