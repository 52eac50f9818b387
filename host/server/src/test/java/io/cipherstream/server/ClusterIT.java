package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.NodeTag;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in this process: real membership, real links, and a model that sends back. */
@Tag("slow")
class ClusterIT {

  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir private Path folder;
  private LoopbackModel model;
  private final Map<String, Integer> ports = new HashMap<>();
  private final Map<String, TestServer> nodes = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    certificates("own");
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    List<ServerSocket> held = new ArrayList<>();
    for (String name : NAMES) {
      ServerSocket free = new ServerSocket(0);
      held.add(free);
      ports.put(name, free.getLocalPort());
    }
    for (ServerSocket free : held) {
      free.close();
    }
    NAMES.forEach(this::start);
    NAMES.forEach(name -> up(name, 3));
  }

  @AfterEach
  void stop() {
    nodes.values().forEach(TestServer::close);
  }

  private void certificates(String authority) throws Exception {
    Path script = Path.of("..", "..", "deploy", "cluster", "certificates.sh").toAbsolutePath();
    Process made =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(script.toString(), folder.resolve(authority).toString()),
                        NAMES.stream())
                    .toList())
            .inheritIO()
            .start();
    assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(made.exitValue()).isZero();
  }

  private void start(String name) {
    String list =
        NAMES.stream()
            .map(n -> "{name: " + n + ", host: 127.0.0.1, port: " + ports.get(n) + "}")
            .toList()
            .toString();
    Path own = folder.resolve("own");
    nodes.put(
        name,
        TestServer.loopback(
            folder.resolve("data-" + name),
            model,
            "cluster.node=" + name,
            "cluster.nodes=" + list,
            "cluster.certificate='" + own.resolve(name + ".pem") + "'",
            "cluster.key='" + own.resolve(name + ".key") + "'",
            "cluster.authority='" + own.resolve("authority.pem") + "'"));
  }

  /** Waits until a node sees that many. */
  private void up(String name, int count) {
    TestClient client = client(name, TestServer.KEY_A);
    Eventually.holds(
        () -> client.get("/metrics").body().contains("he_cluster_nodes_up " + count + ".0"),
        "node " + name + " sees " + count + " nodes");
  }

  private TestClient client(String node, String apiKey) {
    return nodes.get(node).client(apiKey);
  }

  /** The same session through another node. */
  private TestClient through(String node, TestClient owner) {
    TestClient other = client(node, owner.apiKey);
    other.publicSeed = owner.publicSeed;
    other.publicWords = owner.publicWords;
    other.adopt(owner.session);
    return other;
  }

  @Test
  void aSessionOfOneNodeIsServedThroughAnyUntilItsNodeIsAway() throws Exception {
    TestClient owner = client("a", TestServer.KEY_A).createSession("loopback");
    String id = owner.session.getString("session");
    assertThat(id).startsWith(NodeTag.of("a"));
    for (String node : List.of("b", "c")) { // the first handshake takes its time on a busy machine
      TestClient through = through(node, owner);
      Eventually.holds(
          () -> through.get(through.path()).statusCode() == 200, "a link from " + node);
    }
    List<KeySpec> keys = owner.requiredKeys();
    for (int i = 0; i < keys.size(); i++) { // by each node in turn
      TestClient through = through(NAMES.get(i % 3), owner);
      assertThat(through.putKey(keys.get(i)).statusCode()).as(keys.get(i).label()).isEqualTo(200);
    }
    TestClient byB = through("b", owner);
    TestClient byC = through("c", owner);
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
    assertThat(client("b", TestServer.KEY_A).get("/metrics").body())
        .contains("he_cluster_forwarded_total");

    refusalsAreTheOwners(byB, id);
    aKeyGoesOnThroughAnotherNode(byB, byC);
    aJobIsFoundThroughAnyNode(byB, byC);
    strangersFindNothing(id);
    auditNamesTheClient(id);

    nodes.remove("a").close();
    up("b", 2);
    assertProblem(byB.get(byB.path()), 410, "session-unreachable");
    assertThat(call(byC).send().slug()).isEqualTo("session-unreachable");
    TestClient renewed = client("b", TestServer.KEY_A).createSession("loopback").uploadKeys();
    assertThat(call(through("c", renewed)).send().status()).isEqualTo(200);

    start("a"); // the same folder: what it had is served again
    up("b", 3);
    assertThat(call(byB).send().status()).isEqualTo(200);
    assertThat(byB.send("DELETE", byB.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
    assertProblem(owner(byB).get(byB.path()), 404, "session-unknown");
  }

  private TestClient owner(TestClient of) {
    return through("a", of);
  }

  private static InferCall call(TestClient client) {
    InferCall call =
        new InferCall(
            client, new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime())));
    call.headers.put("Cipherstream-Session", client.session.getString("session"));
    return call;
  }

  /** It breaks off on its way through one node and goes on through another one. */
  private static void aKeyGoesOnThroughAnotherNode(TestClient byB, TestClient byC)
      throws IOException {
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
      Eventually.holds(() -> offset(byC, path) > 0, "some of it has come");
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
    assertProblem(client("b", TestServer.KEY_B).get("/v2/sessions/" + id), 404, "session-unknown");
    assertProblem(client("b", "nobody's key").get("/v2/sessions/" + id), 401, "unauthorized");
  }

  /** Without a certificate of the cluster's authority nobody reaches a node's port. */
  private void strangersFindNothing(String id) throws Exception {
    certificates("foreign");
    Path own = folder.resolve("own");
    Path foreign = folder.resolve("foreign");
    HttpClientOptions nobody = trusting(own);
    HttpClientOptions stranger = trusting(own);
    stranger.setKeyCertOptions(identity(foreign));
    for (HttpClientOptions options : List.of(nobody, stranger)) {
      assertThatThrownBy(() -> ask(options, "a", id)).hasStackTraceContaining("SSL");
    }
    HttpClientOptions member = trusting(own);
    member.setKeyCertOptions(identity(own));
    assertThat(ask(member, "a", id)).isEqualTo(200);
    // A member's certificate is not another member's.
    assertThatThrownBy(() -> ask(member, "c", id)).hasStackTraceContaining("matching c");
  }

  private static HttpClientOptions trusting(Path authority) {
    HttpClientOptions options = new HttpClientOptions();
    options
        .setSsl(true)
        .setTrustOptions(
            new PemTrustOptions().addCertPath(authority.resolve("authority.pem").toString()));
    return options;
  }

  private static PemKeyCertOptions identity(Path authority) {
    return new PemKeyCertOptions()
        .setCertPath(authority.resolve("b.pem").toString())
        .setKeyPath(authority.resolve("b.key").toString());
  }

  /** Asks at the port of node a, which is to be the node of that name. */
  private int ask(HttpClientOptions options, String name, String id) {
    var client = nodes.get("b").vertx.createHttpClient(options);
    try {
      return TestServer.await(
          client
              .request(
                  new io.vertx.core.http.RequestOptions()
                      .setServer(
                          io.vertx.core.net.SocketAddress.inetSocketAddress(
                              ports.get("a"), "127.0.0.1"))
                      .setHost(name)
                      .setPort(ports.get("a"))
                      .setURI("/v2/sessions/" + id)
                      .addHeader("Authorization", "Bearer " + TestServer.KEY_A))
              .compose(request -> request.send())
              .map(response -> response.statusCode()));
    } finally {
      TestServer.await(client.close());
    }
  }

  /** An address that a client claims is not believed; that which a node tells is. */
  private void auditNamesTheClient(String id) throws IOException {
    client("b", TestServer.KEY_A)
        .send(
            "DELETE",
            "/v2/sessions/" + id + "x",
            TestClient.NOTHING,
            "Cipherstream-Client",
            "6.6.6.6");
    try (Stream<Path> files = Files.walk(folder.resolve("data-a").resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).contains("127.0.0.1").doesNotContain("6.6.6.6");
      }
    }
  }
}
