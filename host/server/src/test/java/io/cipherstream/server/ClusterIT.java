package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.NodeTag;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session is served through any node, and moves when its node leaves. */
@Tag("slow")
class ClusterIT {

  @TempDir private Path folder;
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aSessionOfOneNodeIsServedThroughAny() throws Exception {
    TestClient owner = cluster.client("a", TestServer.KEY_A).createSession("loopback");
    String id = owner.session.getString("session");
    assertThat(id).startsWith(NodeTag.of("a"));
    awaitLinks(owner);
    List<KeySpec> keys = owner.requiredKeys();
    for (int i = 0; i < keys.size(); i++) { // by each node in turn
      TestClient through = cluster.through(TestCluster.NAMES.get(i % 3), owner);
      assertThat(through.putKey(keys.get(i)).statusCode()).as(keys.get(i).label()).isEqualTo(200);
    }
    TestClient byB = cluster.through("b", owner);
    TestClient byC = cluster.through("c", owner);
    assertThat(new JsonObject(byC.get(byC.path()).body()).getBoolean("ready")).isTrue();
    for (TestClient through : List.of(owner, byB, byC)) {
      try (TestSocket socket = through.socket().start()) {
        socket.inputs();
        socket.rest(); // which compares every word
      }
      InferCall call = call(through);
      InferCall.Answer answer = call.send();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().getString("id")).isEqualTo(call.json.getString("id"));
      assertThat(answer.tensors()).hasSize(2);
    }
    assertThat(cluster.client("b", TestServer.KEY_A).get("/metrics").body())
        .contains("he_cluster_forwarded_total");

    refusalsAreTheOwners(byB, id);
    aKeyGoesOnThroughAnotherNode(byB, byC);
    aJobIsFoundThroughAnyNode(byB, byC);
    strangersFindNothing(id);
    whatNodesAskIsChecked(byB, id);
    auditNamesTheClient(id);

    aSessionThatIsInUseStays(owner, byB);
    assertThat(byB.send("DELETE", byB.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
    assertProblem(owner(byB).get(byB.path()), 404, "session-unknown");
  }

  /** It is away with its node, and back with it. */
  private void aSessionThatIsInUseStays(TestClient owner, TestClient byB) throws Exception {
    KeySpec key = owner.requiredKeys().get(0);
    byte[] bytes = owner.keyEnvelope(key);
    try (RawSocket upload = RawSocket.connect(owner.port)) {
      upload.write(
          ("PUT "
                  + owner.path()
                  + "/keys/"
                  + key.label()
                  + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + owner.apiKey
                  + "\r\nContent-Length: "
                  + bytes.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      upload.write(Arrays.copyOf(bytes, 1000));
      Eventually.holds(() -> isInUse(owner), "the upload has begun");
      cluster.stop("a");
    }
    cluster.up("b", 2);
    assertProblem(byB.get(byB.path()), 410, "session-unreachable");
    assertThat(call(cluster.through("c", byB)).send().slug()).isEqualTo("session-unreachable");
    TestClient renewed =
        cluster.client("b", TestServer.KEY_A).createSession("loopback").uploadKeys();
    assertThat(call(cluster.through("c", renewed)).send().status()).isEqualTo(200);

    cluster.start("a"); // the same folder: what it had is served again
    cluster.up("b", 3);
    assertThat(call(byB).send().status()).isEqualTo(200);
  }

  /** The first handshakes take their time on a busy machine. */
  private void awaitLinks(TestClient owner) {
    for (String node : List.of("b", "c")) {
      TestClient through = cluster.through(node, owner);
      Eventually.holds(
          () -> through.get(through.path()).statusCode() == 200, "a link from " + node);
    }
  }

  private static boolean isInUse(TestClient owner) {
    JsonArray sessions = new JsonObject(owner.get("/v2/sessions").body()).getJsonArray("sessions");
    return sessions.getJsonObject(0).getBoolean("inUse");
  }

  /** Each node leaves in turn, as in an upgrade, and the client keeps its session. */
  @Test
  void sessionsMoveWhenTheirNodeLeaves() throws Exception {
    TestClient made = cluster.client("a", TestServer.KEY_A).createSession("loopback").uploadKeys();
    awaitLinks(made);
    InferCall before = call(cluster.through("b", made));
    assertThat(before.send().status()).isEqualTo(200);
    TestClient other = cluster.client("a", TestServer.KEY_B).createSession("loopback").uploadKeys();
    TestSocket idle = made.socket();
    for (String leaving : TestCluster.NAMES) {
      cluster.stop(leaving);
      if (leaving.equals("a")) { // a client that waits is to connect again, and not to begin anew
        assertThat(idle.problem().getString("type")).endsWith(":node-lost");
        assertThat(idle.closed()).isEqualTo((short) 4503);
      }
      List<String> staying =
          TestCluster.NAMES.stream().filter(name -> !name.equals(leaving)).toList();
      staying.forEach(name -> cluster.up(name, 2));
      for (String node : staying) {
        servesAsBefore(cluster.through(node, made), before);
        servesAsBefore(cluster.through(node, other), null);
      }
      cluster.start(leaving);
      TestCluster.NAMES.forEach(name -> cluster.up(name, 3));
      servesAsBefore(cluster.through(leaving, made), before);
      assertThat(cluster.data(leaving).resolve("sessions")).isEmptyDirectory();
    }
    assertProblem(cluster.client("b", TestServer.KEY_A).get(other.path()), 404, "session-unknown");
    TestClient byC = cluster.through("c", made);
    assertThat(byC.send("DELETE", byC.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
    assertProblem(cluster.through("b", made).get(made.path()), 404, "session-unknown");
  }

  /** All words come back, all keys are there, and an inference is not repeated. */
  private static void servesAsBefore(TestClient client, @Nullable InferCall before)
      throws Exception {
    assertThat(new JsonObject(client.get(client.path()).body()).getBoolean("ready")).isTrue();
    try (TestSocket socket = client.socket().start()) {
      socket.inputs();
      socket.rest(); // which compares every word
    }
    InferCall call = call(client);
    assertThat(call.send().status()).isEqualTo(200);
    assertThat(call.send().slug()).isEqualTo("round-replayed");
    if (before != null) {
      try (RawSocket socket = RawSocket.connect(client.port)) {
        assertThat(before.send(socket, before.header(), before.body()).slug())
            .as("used at another node")
            .isEqualTo("round-replayed");
      }
    }
  }

  private TestClient owner(TestClient of) {
    return cluster.through("a", of);
  }

  private static InferCall call(TestClient client) {
    InferCall call =
        new InferCall(
            client, new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime())));
    call.headers.put("Cipherstream-Session", client.session.getString("session"));
    return call;
  }

  /** It breaks off on its way through one node and goes on through another one. */
  private void aKeyGoesOnThroughAnotherNode(TestClient byB, TestClient byC) throws IOException {
    byte[] key = byB.keyEnvelope(KeySpec.rotation(1, 2));
    String path = byB.path() + "/keys/1";
    try (RawSocket raw = RawSocket.connect(byB.port)) {
      raw.write(
          ("PUT "
                  + path
                  + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + byB.apiKey
                  + "\r\nIdempotency-Key: k\r\nContent-Length: "
                  + key.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      raw.write(Arrays.copyOf(key, 100_000));
      // Whoever asks for the offset ends the request: not before there is something to go on with.
      Eventually.holds(() -> uploadBytes() > 0, "some of it has come");
    }
    int held = (int) offset(byC, path);
    HttpResponse<String> rest =
        byC.send(
            "PUT",
            path,
            BodyPublishers.ofByteArray(Arrays.copyOfRange(key, held, key.length)),
            "Idempotency-Key",
            "k",
            "Upload-Offset",
            String.valueOf(held));
    assertThat(rest.statusCode()).as(rest.body()).isEqualTo(200);
  }

  /** Bytes on the disk of node a of keys that are on their way. */
  private long uploadBytes() {
    File[] parts = cluster.data("a").resolve("uploads").toFile().listFiles();
    return parts == null ? 0 : Arrays.stream(parts).mapToLong(File::length).sum();
  }

  private static long offset(TestClient client, String path) {
    return client
        .send("HEAD", path, TestClient.NOTHING, "Idempotency-Key", "k")
        .headers()
        .firstValueAsLong("Upload-Offset")
        .orElse(-1);
  }

  private static void aJobIsFoundThroughAnyNode(TestClient byB, TestClient byC) throws IOException {
    InferCall call = call(byB);
    call.headers.put("Prefer", "respond-async");
    InferCall.Answer accepted = call.send();
    assertThat(accepted.status()).isEqualTo(202);
    String job = accepted.headers().get("location");
    assertThat(job).startsWith("/v2/jobs/" + NodeTag.of("a"));
    JsonObject done =
        new JsonObject(byC.send("GET", job, TestClient.NOTHING, "Prefer", "wait=30").body());
    assertThat(done.getString("state")).isEqualTo("done");
    assertThat(byC.get(job + "/result").statusCode()).isEqualTo(200);
    assertThat(byC.send("DELETE", job, TestClient.NOTHING).statusCode()).isEqualTo(204);
    assertProblem(byB.get(job), 404, "job-unknown");
  }

  private void refusalsAreTheOwners(TestClient byB, String id) throws IOException {
    assertProblem(byB.putKey("3", new byte[10]), 422, "key-unexpected");
    InferCall bad = call(byB);
    bad.parameters().put("tokenClass", 7);
    assertThat(bad.send().slug()).isEqualTo("token-class-unsupported");
    InferCall twice = call(byB);
    assertThat(twice.send().status()).isEqualTo(200);
    InferCall again = call(owner(byB));
    again.headers.putAll(twice.headers);
    assertThat(twice.send().slug()).as("a second time").isEqualTo("round-replayed");
    InferCall waits = call(byB);
    waits.headers.put("Expect", "100-continue");
    try (RawSocket socket = RawSocket.connect(byB.port)) {
      socket.write(waits.head(waits.header().length, waits.body().length));
      assertThat(socket.head()).startsWith("HTTP/1.1 100");
      socket.write(waits.body());
      assertThat(InferCall.receive(socket).status()).isEqualTo(200);
    }
    assertProblem(
        cluster.client("b", TestServer.KEY_B).get("/v2/sessions/" + id), 404, "session-unknown");
    assertProblem(
        cluster.client("b", "nobody's key").get("/v2/sessions/" + id), 401, "unauthorized");
  }

  /** Without a certificate of the cluster's authority nobody reaches a node's port. */
  private void strangersFindNothing(String id) throws Exception {
    cluster.certificates("foreign");
    HttpClientOptions stranger = cluster.trusting("own");
    stranger.setKeyCertOptions(cluster.identity("foreign"));
    for (HttpClientOptions options : List.of(cluster.trusting("own"), stranger)) {
      assertThatThrownBy(() -> ask(options, "a", id)).hasStackTraceContaining("SSL");
    }
    assertThat(ask(cluster.member(), "a", id)).isEqualTo(200);
    // A member's certificate is not another member's.
    assertThatThrownBy(() -> ask(cluster.member(), "c", id)).hasStackTraceContaining("matching c");
  }

  /** Asks at the port of node a, which is to be the node of that name. */
  private int ask(HttpClientOptions options, String name, String id) {
    return cluster.ask(
        options,
        "a",
        name,
        HttpMethod.GET,
        "/v2/sessions/" + id,
        Map.of("Authorization", "Bearer " + TestServer.KEY_A),
        new byte[0]);
  }

  /** Clients find nothing of it, and what another node sends is taken only if it is whole. */
  private void whatNodesAskIsChecked(TestClient byB, String id) throws IOException {
    String path = "/node/sessions/" + id;
    String other = "/node/sessions/" + "0".repeat(32);
    assertThat(byB.send("PUT", other, TestClient.NOTHING).statusCode()).isEqualTo(404);
    Map<String, String> used = Map.of("Cipherstream-Last-Used", "1000");
    byte[] nothing = new byte[0];
    byte[] bytes = new byte[100_000];
    assertThat(asMember(HttpMethod.HEAD, path, Map.of(), nothing)).isEqualTo(204);
    assertThat(asMember(HttpMethod.HEAD, other, Map.of(), nothing)).isEqualTo(404);
    assertThat(asMember(HttpMethod.POST, other, Map.of(), nothing)).isEqualTo(404);
    assertThat(asMember(HttpMethod.DELETE, path, Map.of(), nothing)).isEqualTo(405);
    assertThat(asMember(HttpMethod.PUT, other, Map.of(), bytes)).as("no last use").isEqualTo(400);
    assertThat(asMember(HttpMethod.PUT, other, used, bytes)).as("no zip").isEqualTo(400);
    assertThat(asMember(HttpMethod.PUT, other, used, nothing)).as("no length").isEqualTo(411);
    assertThat(cluster.data("a").resolve("uploads")).isEmptyDirectory();
    assertThat(byB.get(byB.path()).statusCode()).isEqualTo(200);
  }

  private int asMember(HttpMethod method, String path, Map<String, String> headers, byte[] body) {
    return cluster.ask(cluster.member(), "a", "a", method, path, headers, body);
  }

  /** An address that a client claims is not believed; that which a node tells is. */
  private void auditNamesTheClient(String id) throws IOException {
    cluster
        .client("b", TestServer.KEY_A)
        .send(
            "DELETE",
            "/v2/sessions/" + id + "x",
            TestClient.NOTHING,
            "Cipherstream-Client",
            "6.6.6.6");
    try (Stream<Path> files = Files.walk(cluster.data("a").resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).contains("127.0.0.1").doesNotContain("6.6.6.6");
      }
    }
  }
}
