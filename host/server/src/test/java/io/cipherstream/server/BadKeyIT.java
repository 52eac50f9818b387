package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.wire.KeySpec;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bad input over real sockets, one test a case, named after it: keys. */
@Tag("slow")
class BadKeyIT extends LoopbackCase {

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
    JsonObject problem = assertProblem(client.putKey("-3", client.signed(key)), 422, "key-invalid");
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
    try (Stream<Path> files = Files.list(data.resolve("uploads"))) {
      return files.count();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
