package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.wire.KeySpec;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads of a key that break off and go on, over real sockets. */
@Tag("slow")
class UploadOffsetIT {

  private static final KeySpec SPEC = KeySpec.rotation(1, 2);

  @TempDir private Path folder;
  private TestServer server;
  private TestClient client;
  private byte[] key;

  @BeforeEach
  void start() throws IOException {
    server =
        TestServer.loopback(
            folder.resolve("data"),
            new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1),
            "limits.uploadsPerTenantMax=2");
    client = server.client(TestServer.KEY_A).createSession("loopback");
    key = client.keyEnvelope(SPEC);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aKeyThatBreaksOffAnywhereGoesOnThere() throws Exception {
    int[] points = {1, 100, 192, 300, 65_536, 100_001, key.length / 2, key.length - 1};
    for (int point : points) {
      String token = "at-" + point;
      breakOff(token, 0, point);
      Eventually.holds(() -> offset(token) == point, "byte " + point + " is on disk");
      assertThat(put(token, point, key.length).statusCode())
          .as("from byte %d", point)
          .isEqualTo(200);
      assertThat(offset(token)).as("all of it").isEqualTo(key.length);
      assertThat(stored()).isEqualTo(key);
    }
    assertThat(uploads()).isEmpty();
    client.uploadKeys();
    LimitsIT.infer(client);
  }

  @Test
  void anUploadThatBreaksOffAgainAndAgainIsCompleted() throws Exception {
    int at = 0;
    for (int next : new int[] {40_000, 40_001, 150_000, 200_000}) {
      breakOff("t", at, next);
      int held = next;
      Eventually.holds(() -> offset("t") == held, "byte " + next + " is on disk");
      at = next;
    }
    assertThat(put("t", at, key.length).statusCode()).isEqualTo(200);
    assertThat(stored()).isEqualTo(key);
  }

  /** The appliance has not noticed that the connection is dead. */
  @Test
  void aClientThatComesBackEndsItsRequestThatHangs() throws Exception {
    try (RawSocket hangs = RawSocket.connect(client.port)) {
      send(hangs, "t", 0, 70_000);
      Eventually.holds(() -> uploadBytes() == 70_000, "it is on disk");
      assertThat(offset("t")).isEqualTo(70_000);
      hangs.awaitEnd();
    }
    assertThat(put("t", 70_000, key.length).statusCode()).isEqualTo(200);
  }

  @Test
  void anAnswerThatWasLostIsGivenAgain() throws Exception {
    assertThat(put("t", 0, key.length).statusCode()).isEqualTo(200);
    HttpResponse<String> again = put("t", key.length, key.length);
    assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
    assertThat(new JsonObject(again.body()).getLong("bytes")).isEqualTo(key.length);
    assertProblem(put("u", key.length, key.length), 409, "upload-offset");
    try (RawSocket raw = RawSocket.connect(client.port)) { // as clients of HTTP/2 ask
      String head =
          raw.exchange(
              "PUT "
                  + path()
                  + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + client.apiKey
                  + "\r\nIdempotency-Key: t\r\nUpload-Offset: "
                  + key.length
                  + "\r\n\r\n");
      assertThat(head).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void whatDoesNotGoOnIsRefused() throws Exception {
    breakOff("t", 0, 50_000);
    Eventually.holds(() -> offset("t") == 50_000, "half a key");
    HttpResponse<String> gap = put("t", 50_001, key.length);
    assertProblem(gap, 409, "upload-offset");
    assertThat(gap.headers().firstValue("Upload-Offset")).hasValue("50000");
    assertProblem(put("t", 49_999, key.length), 409, "upload-offset");
    assertProblem(put("another", 50_000, key.length), 409, "upload-offset");
    assertProblem(put("t", 50_000, key.length - 1), 422, "key-invalid");
    assertThat(offset("another")).isZero();
    assertThat(client.send("HEAD", path(), TestClient.NOTHING).statusCode()).isEqualTo(400);
    assertProblem(upload("-1", "t", key), 400, "request-invalid");
    assertProblem(upload("1e3", "t", key), 400, "request-invalid");
    assertProblem(upload("5", null, key), 400, "request-invalid");
    TestClient other = server.client(TestServer.KEY_B);
    assertThat(other.send("HEAD", path(), TestClient.NOTHING, "Idempotency-Key", "t").statusCode())
        .as("another tenant")
        .isEqualTo(404);
    assertThat(put("t", 50_000, key.length).statusCode()).as("none of it did harm").isEqualTo(200);
  }

  /** Two halves of different keys are no key. */
  @Test
  void aRestOfAnotherKeyIsFoundOut() throws Exception {
    breakOff("t", 0, 100_000);
    Eventually.holds(() -> offset("t") == 100_000, "half a key");
    key = client.keyEnvelope(SPEC);
    assertProblem(put("t", 100_000, key.length), 422, "key-invalid");
    assertThat(offset("t")).as("nothing of it is kept").isZero();
    assertThat(uploads()).isEmpty();
    assertThat(new JsonObject(client.get(client.path()).body()).getJsonArray("missingKeys"))
        .contains("1");
  }

  @Test
  void whatWaitsIsBoundedAndGoesWithItsSession() throws Exception {
    TestClient first = client;
    breakOff("t", 0, 1000);
    Eventually.holds(() -> uploadBytes() == 1000, "one waits");
    for (int i = 0; i < 2; i++) { // a tenant may have two
      client = server.client(TestServer.KEY_A).createSession("loopback");
      key = client.keyEnvelope(SPEC);
      breakOff("t", 0, 2000);
      long bytes = i == 0 ? 3000 : 4000;
      Eventually.holds(() -> uploadBytes() == bytes, bytes + " bytes wait");
    }
    TestClient last = client;
    client = first;
    assertThat(offset("t")).as("the oldest was given up").isZero();
    assertThat(last.send("DELETE", last.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
    Eventually.holds(() -> uploadBytes() == 2000, "the other one's waits");
  }

  /** What waits of another upload of the key would replace a newer one. */
  @Test
  void aWholeKeyWithoutATokenDropsWhatWaits() throws Exception {
    breakOff("t", 0, 50_000);
    Eventually.holds(() -> offset("t") == 50_000, "half a key");
    assertThat(client.send("PUT", path(), BodyPublishers.ofByteArray(key)).statusCode())
        .isEqualTo(200);
    assertThat(offset("t")).isZero();
    assertThat(uploads()).isEmpty();
    assertThat(stored()).isEqualTo(key);
  }

  private String path() {
    return client.path() + "/keys/1";
  }

  private long offset(String token) {
    HttpResponse<String> head =
        client.send("HEAD", path(), TestClient.NOTHING, "Idempotency-Key", "\"" + token + "\"");
    assertThat(head.statusCode()).isEqualTo(204);
    return head.headers().firstValueAsLong("Upload-Offset").orElseThrow();
  }

  private HttpResponse<String> put(String token, int from, int to) {
    return upload(String.valueOf(from), token, Arrays.copyOfRange(key, from, to));
  }

  private HttpResponse<String> upload(String offset, String token, byte[] bytes) {
    return token == null
        ? client.send("PUT", path(), BodyPublishers.ofByteArray(bytes), "Upload-Offset", offset)
        : client.send(
            "PUT",
            path(),
            BodyPublishers.ofByteArray(bytes),
            "Upload-Offset",
            offset,
            "Idempotency-Key",
            token);
  }

  /** Sends that part of the key and closes the connection. */
  private void breakOff(String token, int from, int to) throws IOException {
    try (RawSocket raw = RawSocket.connect(client.port)) {
      long before = uploadBytes();
      send(raw, token, from, to);
      Eventually.holds(() -> uploadBytes() == before + to - from, "it is on disk");
    }
  }

  private void send(RawSocket raw, String token, int from, int to) throws IOException {
    String head =
        "PUT "
            + path()
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + client.apiKey
            + "\r\nIdempotency-Key: \""
            + token
            + "\"\r\nUpload-Offset: "
            + from
            + "\r\nContent-Length: "
            + (key.length - from)
            + "\r\n\r\n";
    raw.write(head.getBytes(StandardCharsets.US_ASCII));
    raw.write(Arrays.copyOfRange(key, from, to));
  }

  private byte[] stored() throws IOException {
    return Files.readAllBytes(
        folder.resolve("data").resolve(client.path().substring(4)).resolve("keys/1.key"));
  }

  private Stream<Path> uploads() {
    try (Stream<Path> files = Files.list(folder.resolve("data/uploads"))) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private long uploadBytes() {
    return uploads().mapToLong(file -> file.toFile().length()).sum();
  }
}
