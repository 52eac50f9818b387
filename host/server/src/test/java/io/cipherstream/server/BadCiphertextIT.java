package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bad input over real sockets, one test a case, named after it: ciphertexts of an inference. */
@Tag("slow")
class BadCiphertextIT extends LoopbackCase {

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
        bad.setBytes(0, client.signed(bytes));
      }
      s.offer(bad);
      JsonObject problem = s.problem();
      assertType(problem, type);
      assertThat(s.closed()).isEqualTo((short) 4400);
      return problem;
    }
  }
}
