package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The appliance as a process of its own, with the real model: killed, restarted, stopped. */
@Tag("slow")
class RestartIT {

  private static final InferencePlan PLAN = EmbeddedModel.plan(InferenceMode.PAPER, 16);

  @TempDir private Path folder;

  /** A child that runs {@link ServerMain} with what Maven resolved for run time. */
  private final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final JsonObject listening;

    Child() throws IOException {
      String classPath =
          Path.of("target", "classes").toAbsolutePath()
              + java.io.File.pathSeparator
              + Files.readString(Path.of("target", "runtime-test.classpath")).strip();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "-XX:TieredStopAtLevel=1",
              "-Xmx512m",
              "-XX:MaxDirectMemorySize=3g",
              "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
              "-Dorg.bytedeco.javacpp.maxBytes=0",
              ServerMain.class.getName(),
              "--port",
              "0",
              "--plain-http",
              "--generate-api-key",
              "--data",
              folder.resolve("data").toString(),
              "--models",
              EmbeddedModel.folder().toString(),
              "--set",
              "models=['" + EmbeddedModel.TINY + "']",
              "--set",
              "compute.warmUp=false",
              "--set",
              "limits.drainSeconds=5"));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("CLASSPATH", classPath);
      builder.redirectError(folder.resolve("server.log").toFile());
      process = builder.start();
      lines = process.inputReader();
      listening = event("listening");
      event("ready");
    }

    private JsonObject event(String name) throws IOException {
      String line = lines.readLine();
      assertThat(line).as(() -> log()).isNotNull();
      JsonObject event = new JsonObject(line);
      assertThat(event.getString("event")).isEqualTo(name);
      return event;
    }

    int port() {
      return URI.create(listening.getString("url")).getPort();
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    int stop() throws InterruptedException {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void killedWithSignalNineAndRestarted() throws Exception {
    Vertx vertx = Vertx.vertx();
    JsonObject made;
    TestClient before;
    try (Child child = new Child()) {
      before = client(vertx, child);
      before.createSession(
          before
              .newSession(EmbeddedModel.TINY)
              .put("modes", new JsonArray().add("paper"))
              .put("tokenClasses", new JsonArray().add(16)));
      before.uploadKeys();
      made = before.session;
      beginUpload(before, child.port());
      child.kill();
    }
    try (Child child = new Child()) {
      TestClient after = client(vertx, child);
      after.publicSeed = before.publicSeed;
      after.publicWords = before.publicWords;
      after.adopt(made);
      JsonObject session = new JsonObject(after.get(after.path()).body());
      assertThat(session.getBoolean("ready")).isTrue();
      assertThat(session.getJsonArray("storedKeys")).hasSize(after.requiredKeys().size());
      try (Stream<Path> uploads = Files.list(folder.resolve("data").resolve("uploads"))) {
        assertThat(uploads).as("half uploads").isEmpty();
      }
      infer(after);
      assertThat(child.stop()).as("exit code of a graceful stop").isZero();
      assertThat(folder.resolve("data").resolve("server.json")).doesNotExist();
    }
    TestServer.await(vertx.close());
    assertThat(Files.readString(folder.resolve("server.log")))
        .doesNotContain(made.getString("transportKey"));
  }

  /** The appliance as a process of its own, on this class path. */
  private static ProcessBuilder appliance(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  @Test
  void aStartThatFailsAfterListeningIsNoSuccess() throws Exception {
    Path data = folder.resolve("data");
    Files.createDirectories(data.resolve("server.json")); // the state file cannot take its place
    Process process =
        appliance(
                "--port",
                "0",
                "--plain-http",
                "--generate-api-key",
                "--data",
                data.toString(),
                "--models",
                Files.createDirectories(folder.resolve("models")).toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(errors).isEqualTo(1);
    assertThat(errors).contains("cannot start").contains("server.json");
  }

  @Test
  void wrongConfigurationIsSaidAtOnce() throws Exception {
    Process process =
        appliance(
                "--host",
                "0.0.0.0",
                "--plain-http",
                "--generate-api-key",
                "--data",
                folder.resolve("none").toString())
            .start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(errors).contains("PLAIN_HTTP").contains("loopback");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  private TestClient client(Vertx vertx, Child child) throws IOException {
    String key = Files.readString(folder.resolve("data").resolve("api-key")).strip();
    TestClient client = new TestClient(vertx, child.port(), key);
    client.useParameters(PLAN.parameters());
    return client;
  }

  private void beginUpload(TestClient client, int port) throws IOException {
    KeySpec spec = client.requiredKeys().get(2);
    byte[] key = client.keyEnvelope(spec);
    try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head =
          "PUT "
              + client.path()
              + "/keys/"
              + spec.label()
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + client.apiKey
              + "\r\nContent-Length: "
              + key.length
              + "\r\n\r\n";
      raw.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      raw.getOutputStream().write(key, 0, key.length / 2);
      raw.getOutputStream().flush();
      Eventually.holds(() -> uploadBytes() > 0, "half a key is on disk");
    }
  }

  private long uploadBytes() {
    try (Stream<Path> uploads = Files.list(folder.resolve("data").resolve("uploads"))) {
      return uploads.mapToLong(path -> path.toFile().length()).sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** All rounds with random words: nobody can read the result, but every operation runs. */
  private static void infer(TestClient client) {
    try (TestSocket s = client.socket()) {
      s.start(s.startMessage("paper", 16, PLAN.digestHex()));
      s.text("accepted");
      send(s, -1, PLAN.inputs());
      for (Round round : PLAN.rounds()) {
        assertThat(s.text("round").getInteger("count")).isEqualTo(round.down().size());
        receive(s, round.index(), round.down());
        send(s, round.index(), round.up());
      }
      s.text("result");
      receive(s, PLAN.rounds().size(), PLAN.result());
    }
  }

  private static void send(TestSocket s, int round, List<CiphertextSpec> specs) {
    for (int i = 0; i < specs.size(); i++) {
      s.send(round, i, specs.get(i));
    }
  }

  private static void receive(TestSocket s, int round, List<CiphertextSpec> specs) {
    for (int i = 0; i < specs.size(); i++) {
      s.ciphertext(round, i, specs.get(i));
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("server.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
