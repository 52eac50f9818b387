package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.api.ApiKeys;
import io.cipherstream.server.config.ConfigException;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API keys and certificate are replaced while the appliance runs. */
@Tag("slow")
class ReloadIT {

  private static final String NEW_KEY = "tenant-a-key-of-next-year";

  @TempDir private Path folder;

  private TestServer server(String... settings) throws Exception {
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    return TestServer.loopback(folder.resolve("data"), new LoopbackModel(zip, 1), settings);
  }

  private ServerConfig config(String tls, String tenants) {
    return ConfigLoader.load(
        null,
        Map.of(),
        Map.of(
            "bind.port",
            "0",
            "tls.mode",
            tls,
            "dataDirectory",
            "'" + folder.resolve("data") + "'",
            "tenants",
            tenants));
  }

  @Test
  void aKeyIsChangedWithOverlapAndStopsAtOnceWhenItIsGone() throws Exception {
    try (TestServer server = server()) {
      TestClient old = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient fresh = server.client(NEW_KEY);
      fresh.adopt(old.session);
      assertProblem(fresh.get(fresh.path()), 401, "unauthorized");
      server.appliance.reload(
          config(
              "PLAIN_HTTP",
              "[{name: a, apiKey: " + NEW_KEY + ", previousApiKey: " + TestServer.KEY_A + "}]"));
      assertThat(fresh.get(fresh.path()).statusCode()).isEqualTo(200);
      assertThat(old.get(old.path()).statusCode()).isEqualTo(200);
      assertProblem(server.client(TestServer.KEY_B).get("/v2"), 401, "unauthorized");
      try (TestSocket under = old.socket().start();
          TestSocket other = fresh.socket().start()) {
        under.text("accepted");
        other.text("accepted");
        server.appliance.reload(config("PLAIN_HTTP", "[{name: a, apiKey: " + NEW_KEY + "}]"));
        assertType(under.problem(), "unauthorized");
        under.closed();
        assertProblem(old.get(old.path()), 401, "unauthorized");
        other.send(-1, 0);
        other.send(-1, 1);
        other.text("round");
      }
    }
  }

  @Test
  void anInferenceUnderAKeyThatIsGoneEndsAtOnce() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    LoopbackModel model = new LoopbackModel(zip, 1);
    model.gate = new Semaphore(0);
    try (TestServer server = TestServer.loopback(folder.resolve("data"), model)) {
      TestClient gone = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient stays = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      InferCall computed = new InferCall(gone, random);
      InferCall half = new InferCall(gone, random);
      InferCall other = new InferCall(stays, random);
      try (RawSocket one = RawSocket.connect(gone.port);
          RawSocket two = RawSocket.connect(gone.port);
          RawSocket three = RawSocket.connect(gone.port)) {
        one.write(computed.head(computed.header().length, computed.body().length));
        one.write(computed.body());
        Eventually.holds(() -> model.openComputations.get() == 1, "the first is computed");
        two.write(half.head(half.header().length, half.body().length));
        two.write(Arrays.copyOf(half.body(), half.body().length / 2));
        three.write(other.head(other.header().length, other.body().length));
        three.write(other.body());
        Eventually.holds(
            () -> stays.get("/metrics").body().contains("he_inferences_active 3"),
            "all are admitted");
        server.appliance.reload(
            config("PLAIN_HTTP", "[{name: b, apiKey: " + TestServer.KEY_B + "}]"));
        for (RawSocket socket : List.of(one, two)) {
          InferCall.Answer answer = InferCall.receive(socket);
          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.slug()).isEqualTo("unauthorized");
        }
        model.gate.release(2);
        assertThat(InferCall.receive(three).status()).as("of a key that stays").isEqualTo(200);
        Eventually.holds(() -> model.openComputations.get() == 0, "nothing is left open");
        Eventually.holds(() -> HostCiphertext.open() == 0, "its ciphertexts are freed");
      }
    }
  }

  @Test
  void whatCannotBeUsedChangesNothing() throws Exception {
    try (TestServer server = server()) {
      TestClient a = server.client(TestServer.KEY_A);
      assertThatThrownBy(
              () ->
                  server.appliance.reload(
                      config(
                          "PLAIN_HTTP",
                          "[{name: x, apiKey: 0123456789abcdef},"
                              + " {name: y, previousApiKey: 0123456789abcdef,"
                              + " apiKey: fedcba9876543210}]")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("same API key");
      assertThatThrownBy(
              () ->
                  server.appliance.reload(
                      config("SELF_SIGNED", "[{name: x, apiKey: 0123456789abcdef}]")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("restart");
      assertThat(a.get("/v2").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aNewCertificateCountsForNewConnections() throws Exception {
    try (TestServer server = server("tls.mode=SELF_SIGNED")) {
      Path tls = folder.resolve("data").resolve("tls");
      String first = server.appliance.certificateSha256();
      assertThat(TlsIT.presented(server)).isEqualTo(first);
      String tenants = "[{name: a, apiKey: " + TestServer.KEY_A + "}]";
      Path key = tls.resolve("key.pem");
      byte[] whole = Files.readAllBytes(key);
      Files.writeString(key, "no key");
      assertThatThrownBy(() -> server.appliance.reload(config("SELF_SIGNED", tenants)))
          .isInstanceOf(java.io.IOException.class)
          .hasMessageContaining("key.pem");
      assertThat(TlsIT.presented(server)).as("the old one stays").isEqualTo(first);
      Files.delete(key);
      Files.move(tls.resolve("certificate.pem"), folder.resolve("old.pem"));
      server.appliance.reload(config("SELF_SIGNED", tenants));
      String second = server.appliance.certificateSha256();
      assertThat(second).isNotEqualTo(first);
      assertThat(TlsIT.presented(server)).isEqualTo(second);
      Files.write(key, whole);
      assertThatThrownBy(() -> server.appliance.reload(config("SELF_SIGNED", tenants)))
          .as("key of another certificate")
          .hasMessageContaining("does not belong");
      assertThat(TlsIT.presented(server)).isEqualTo(second);
    }
  }

  @Test
  void theSignalAndAChangedTenantsFileReloadAndDoNotEndTheProcess() throws Exception {
    Path config = folder.resolve("c.yaml");
    Path tenants = folder.resolve("tenants.json");
    Files.writeString(tenants, "{\"tenants\": []}");
    writeConfig(config, TestServer.KEY_A);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=3g",
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName(),
                "--config",
                config.toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    try (BufferedReader lines = process.inputReader()) {
      String url = new JsonObject(String.valueOf(lines.readLine())).getString("url");
      assertThat(status(url, TestServer.KEY_A)).isEqualTo(200);
      writeConfig(config, NEW_KEY);
      hangUp(process);
      Eventually.holds(() -> status(url, NEW_KEY) == 200, "the new key counts");
      assertThat(status(url, TestServer.KEY_A)).isEqualTo(401);
      Files.writeString(config, "tenants: [");
      hangUp(process);
      Eventually.holds(() -> log().contains("nothing was reloaded"), "a damaged file is said");
      assertThat(status(url, NEW_KEY)).isEqualTo(200);
      assertThat(process.isAlive()).isTrue();
      writeConfig(config, NEW_KEY);
      String sha256 = ApiKeys.sha256(TestServer.KEY_B);
      String keys = "[{\"name\": \"b1\", \"sha256\": \"" + sha256 + "\"}]";
      Files.writeString(tenants, "{\"tenants\": [{\"name\": \"b\", \"keys\": " + keys + "}]}");
      Eventually.holds(() -> status(url, TestServer.KEY_B) == 200, "the file's key counts");
      Files.writeString(tenants, "{\"tenants\": [{\"name\": \"b\"}]}");
      Eventually.holds(() -> log().contains("tenant 'b': expected"), "a damaged file is said");
      assertThat(status(url, TestServer.KEY_B)).as("and changes nothing").isEqualTo(200);
      Files.writeString(tenants, "{\"tenants\": []}");
      Eventually.holds(() -> status(url, TestServer.KEY_B) == 401, "the key is revoked");
      assertThat(log())
          .as("the file with API keys is readable by all")
          .contains("chmod 600")
          .doesNotContain(TestServer.KEY_A)
          .doesNotContain(NEW_KEY);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private void writeConfig(Path file, String key) throws Exception {
    Files.writeString(
        file,
        "bind: {port: 0}\ntls: {mode: PLAIN_HTTP}\nmodels: ["
            + EmbeddedModel.TINY
            + "]\ncompute: {warmUp: false}\nmodelDirectories: ['"
            + EmbeddedModel.folder()
            + "']\ndataDirectory: '"
            + folder.resolve("d")
            + "'\ntenants: [{name: a, apiKey: "
            + key
            + "}]\ntenantsFile: '"
            + folder.resolve("tenants.json")
            + "'\n");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static void hangUp(Process process) throws Exception {
    List<String> kill = List.of("kill", "-HUP", String.valueOf(process.pid()));
    assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  private static int status(String url, String key) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url + "/v2"))
                  .header("Authorization", "Bearer " + key)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (java.io.IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
