package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.storage.StoreCopies;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backup, restore and upgrade of a store, by the command and by real appliances. */
@Tag("slow")
class StoreIT {

  @TempDir private Path folder;
  private LoopbackModel model;
  private Path data;
  private Path file;
  private String said = "";

  @BeforeEach
  void model() throws IOException {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    data = folder.resolve("data");
    file = folder.resolve("store.backup");
  }

  private int store(String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream all = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(all);
      System.setErr(all);
      return StoreMain.run(words);
    } finally {
      System.setOut(out);
      System.setErr(err);
      said = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private TestClient adopted(TestServer server, JsonObject session) {
    TestClient client = server.client(TestServer.KEY_A);
    client.adopt(session);
    return client;
  }

  @Test
  void aBackupOfARunningApplianceServesItsSessionsElsewhere() throws Exception {
    JsonObject session;
    JsonObject start;
    try (TestServer server = TestServer.loopback(data, model)) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      session = client.session;
      try (TestSocket socket = client.socket()) {
        start = socket.startMessage("paper", 16, LoopbackModel.DIGEST);
        socket.start(start);
        socket.text("accepted");
        assertThat(store("backup", file.toString(), "--data-dir", data.toString())).isZero();
        assertThat(said).contains("files");
      }
    }
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Path other = folder.resolve("other");
    assertThat(store("restore", file.toString(), "--data-dir", other.toString())).as(said).isZero();
    assertThat(other.resolve("uploads")).doesNotExist();
    assertThat(other.resolve("server.json")).doesNotExist();
    assertThat(content(other.resolve("sessions"))).isEqualTo(content(data.resolve("sessions")));
    try (TestServer server = TestServer.loopback(other, model)) {
      TestClient client = adopted(server, session);
      assertThat(new JsonObject(client.get(client.path()).body()).getBoolean("ready")).isTrue();
      LimitsIT.infer(client);
      try (TestSocket again = client.socket()) {
        again.start(start);
        assertType(again.problem(), "round-replayed");
      }
    }
  }

  @Test
  void nothingIsRestoredOfADamagedBackupOrOverAStore() throws Exception {
    try (TestServer server = TestServer.loopback(data, model)) {
      server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(store("backup", file.toString(), "--data-dir", data.toString())).isZero();
      assertThat(store("restore", file.toString(), "--data-dir", data.toString())).isEqualTo(1);
      assertThat(said).contains("in use by another appliance");
    }
    assertThat(store("restore", file.toString(), "--data-dir", data.toString())).isEqualTo(1);
    assertThat(said).contains("sessions").contains("move that away");
    assertThat(store("backup", file.toString(), "--data-dir", data.toString())).isEqualTo(1);
    assertThat(said).contains("there already");
    assertThat(store("backup", data.resolve("b").toString(), "--data-dir", data.toString()))
        .isEqualTo(1);
    assertThat(said).contains("elsewhere");

    Path other = folder.resolve("other");
    long length = Files.size(file);
    for (long at : new long[] {100, length / 3, length / 2, length - 30}) {
      flip(at);
      assertThat(store("restore", file.toString(), "--data-dir", other.toString()))
          .as("a bit at byte %d of %d", at, length)
          .isEqualTo(1);
      flip(at);
      onlyTheLock(other);
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(store("restore", file.toString(), "--data-dir", other.toString())).isEqualTo(1);
    assertThat(said).contains("no whole backup");
    onlyTheLock(other);
    Files.write(file, whole);
    assertThat(store("restore", file.toString(), "--data-dir", other.toString())).isZero();
  }

  private void flip(long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }

  private static void onlyTheLock(Path data) throws IOException {
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("in-use");
    }
  }

  @Test
  void anOlderStoreIsCopiedAndTakenOver() throws Exception {
    JsonObject session;
    try (TestServer server = TestServer.loopback(data, model)) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      session = client.session;
    }
    Files.delete(data.resolve("store.json")); // as the version before left it
    Map<String, String> before = content(data.resolve("sessions"));
    Path copy = data.resolve("copies/version-1");
    try (TestServer server = TestServer.loopback(data, model)) {
      assertThat(Files.readString(data.resolve("store.json"))).contains("2");
      TestClient client = adopted(server, session);
      LimitsIT.infer(client);
      client.send("DELETE", client.path(), TestClient.NOTHING);
      assertThat(content(copy.resolve("sessions"))).as("what has changed since").isEqualTo(before);
    }
    TestServer.loopback(data, model).close();
    StoreCopies.sweep(data, Instant.now());
    assertThat(copy).as("made once, kept for days").exists();
    StoreCopies.sweep(data, Instant.now().plus(Duration.ofDays(8)));
    assertThat(copy).doesNotExist();
  }

  @Test
  void aNewerStoreAndABrokenRestoreAreLeftAsTheyAre() throws Exception {
    TestServer.loopback(data, model).close();
    Files.writeString(data.resolve("store.json"), "{\"version\":3}");
    assertThatThrownBy(() -> TestServer.loopback(data, model))
        .rootCause()
        .hasMessageContaining("version 3")
        .hasMessageContaining("takes 1 to 2");
    assertThat(Files.readString(data.resolve("store.json"))).isEqualTo("{\"version\":3}");
    Files.createDirectory(data.resolve(".in-making"));
    assertThatThrownBy(() -> TestServer.loopback(data, model))
        .rootCause()
        .hasMessageContaining("restore was broken off");
  }

  /** Every file's bytes, as a text, by its name. */
  private static Map<String, String> content(Path root) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        content.put(
            root.relativize(each).toString(),
            new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1));
      }
    }
    return content;
  }
}
