package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Three nodes in this process: real membership, real links, and a model that sends back. */
final class TestCluster implements AutoCloseable {

  static final List<String> NAMES = List.of("a", "b", "c");

  final Path folder;
  final Map<String, TestServer> nodes = new HashMap<>();
  private final LoopbackModel model;
  private final Map<String, Integer> ports = new HashMap<>();

  /** Starts them; they see each other. */
  TestCluster(Path folder) throws Exception {
    this.folder = folder;
    this.model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    certificates("own");
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

  /** Makes certificates of a new authority in a folder of that name. */
  void certificates(String authority) throws Exception {
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

  /** Starts a node on its folder. */
  void start(String name, String... settings) {
    String list =
        NAMES.stream()
            .map(n -> "{name: " + n + ", host: 127.0.0.1, port: " + ports.get(n) + "}")
            .toList()
            .toString();
    Path own = folder.resolve("own");
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("cluster.node=" + name);
    all.add("cluster.nodes=" + list);
    all.add("cluster.certificate='" + own.resolve(name + ".pem") + "'");
    all.add("cluster.key='" + own.resolve(name + ".key") + "'");
    all.add("cluster.authority='" + own.resolve("authority.pem") + "'");
    nodes.put(name, TestServer.loopback(data(name), model, all.toArray(String[]::new)));
  }

  /** Stops a node in order. */
  void stop(String name) {
    nodes.remove(name).close();
  }

  Path data(String node) {
    return folder.resolve("data-" + node);
  }

  /** Waits until a node sees that many. */
  void up(String name, int count) {
    TestClient client = client(name, TestServer.KEY_A);
    Eventually.holds(
        () -> client.get("/metrics").body().contains("he_cluster_nodes_up " + count + ".0"),
        "node " + name + " sees " + count + " nodes");
  }

  TestClient client(String node, String apiKey) {
    return nodes.get(node).client(apiKey);
  }

  /** The same session through another node. */
  TestClient through(String node, TestClient owner) {
    TestClient other = client(node, owner.apiKey);
    other.publicSeed = owner.publicSeed;
    other.publicWords = owner.publicWords;
    other.adopt(owner.session);
    return other;
  }

  /** For a client that trusts the nodes of an authority. */
  HttpClientOptions trusting(String authority) {
    HttpClientOptions options = new HttpClientOptions();
    options
        .setSsl(true)
        .setTrustOptions(
            new PemTrustOptions()
                .addCertPath(folder.resolve(authority).resolve("authority.pem").toString()));
    return options;
  }

  /** The certificate of node b, of an authority. */
  PemKeyCertOptions identity(String authority) {
    Path own = folder.resolve(authority);
    return new PemKeyCertOptions()
        .setCertPath(own.resolve("b.pem").toString())
        .setKeyPath(own.resolve("b.key").toString());
  }

  /** For a client that is a member. */
  HttpClientOptions member() {
    HttpClientOptions options = trusting("own");
    options.setKeyCertOptions(identity("own"));
    return options;
  }

  /**
   * Asks at the port for nodes of one of them.
   *
   * @param name of the node that it is to be
   * @return the status
   */
  int ask(
      HttpClientOptions options,
      String node,
      String name,
      HttpMethod method,
      String path,
      Map<String, String> headers,
      byte[] body) {
    var client = nodes.get("b").vertx.createHttpClient(options);
    RequestOptions request =
        new RequestOptions()
            .setMethod(method)
            .setServer(SocketAddress.inetSocketAddress(ports.get(node), "127.0.0.1"))
            .setHost(name)
            .setPort(ports.get(node))
            .setURI(path);
    headers.forEach(request::addHeader);
    try {
      return TestServer.await(
          client
              .request(request)
              .compose(open -> body.length == 0 ? open.send() : open.send(Buffer.buffer(body)))
              .map(response -> response.statusCode()));
    } finally {
      TestServer.await(client.close());
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(TestServer::close);
  }
}
