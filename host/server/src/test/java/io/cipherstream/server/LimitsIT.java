package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The appliance at its limits, over real sockets. */
@Tag("slow")
class LimitsIT {

  @TempDir private Path folder;

  private LoopbackModel model(int downCount) throws Exception {
    return new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), downCount);
  }

  private Path data() {
    return folder.resolve("data");
  }

  @Test
  void twoThousandConnections() throws Exception {
    LoopbackModel model = model(1);
    try (TestServer server =
        TestServer.loopback(
            data(), model, "limits.connectionsMax=2100", "limits.requestDeadlineSeconds=600")) {
      NetClient net =
          server.vertx.createNetClient(new NetClientOptions().setConnectTimeout(30_000));
      List<NetSocket> idle = new ArrayList<>();
      for (int batch = 0; batch < 20; batch++) {
        List<Future<NetSocket>> opening = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          opening.add(net.connect(server.appliance.port(), "127.0.0.1"));
        }
        TestServer.await(Future.all(opening));
        opening.forEach(socket -> idle.add(socket.result()));
      }
      Eventually.holds(() -> server.appliance.connections() >= 2000, "all are accepted");
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      assertThat(client.get("/metrics").body()).containsPattern("he_connections 20[0-9][0-9]\\.0");
      infer(client);
      idle.forEach(NetSocket::close);
    }
  }

  @Test
  void connectionOverTheLimitIsToldSo() throws Exception {
    try (TestServer server = TestServer.loopback(data(), model(1), "limits.connectionsMax=2")) {
      NetClient net = server.vertx.createNetClient();
      List<NetSocket> idle = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        idle.add(TestServer.await(net.connect(server.appliance.port(), "127.0.0.1")));
      }
      Eventually.holds(() -> server.appliance.connections() == 2, "both are counted");
      HttpResponse<String> refused = server.client(TestServer.KEY_A).get("/v2");
      assertProblem(refused, 503, "overloaded");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      idle.forEach(NetSocket::close);
      Eventually.holds(
          () -> server.client(TestServer.KEY_A).get("/v2").statusCode() == 200, "room again");
    }
  }

  @Test
  void slowReader() throws Exception {
    LoopbackModel model = model(200);
    try (TestServer server = TestServer.loopback(data(), model, "limits.sendDeadlineSeconds=2")) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      try (RawSocket s = RawSocket.open(client, 4096)) {
        byte[] inference = client.bytes(16);
        s.start(inference);
        for (int i = 0; i < 2; i++) {
          byte[] input =
              client.ciphertext(
                  new EnvelopePosition(inference, -1, i),
                  LoopbackModel.SHAPE,
                  client.bytes(64),
                  client.words(2, false));
          s.binary(input, input.length);
        }
        Eventually.holds(() -> model.steps.get() == 1, "the step was computed");
        Eventually.holds(() -> model.openComputations.get() == 0, "given up after the deadline");
        Eventually.holds(() -> HostCiphertext.open() == 0, "its ciphertexts are freed");
        Eventually.holds(
            () -> client.get("/metrics").body().contains("he_connections 1.0"),
            "its connection is closed, though it reads nothing");
      }
      assertThat(client.get("/metrics").body())
          .contains("outcome=\"deadline-exceeded\"")
          .containsPattern("he_problems_total\\{type=\"deadline-exceeded\"} [1-9]");
    }
  }

  @Test
  void clientThatDoesNotAnswerARound() throws Exception {
    LoopbackModel model = model(1);
    try (TestServer server = TestServer.loopback(data(), model, "limits.roundDeadlineSeconds=1")) {
      TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      try (TestSocket s = client.socket().start()) {
        s.inputs();
        JsonObject problem = s.problem();
        assertType(problem, "deadline-exceeded");
        assertThat(problem.getString("limit")).isEqualTo("roundDeadlineSeconds");
        assertThat(s.closed()).isEqualTo((short) 4408);
      }
      Eventually.holds(() -> model.openComputations.get() == 0, "the computation is freed");
    }
  }

  @Test
  void tenantOverItsShareAndApplianceOverItsOwn() throws Exception {
    LoopbackModel model = model(1);
    try (TestServer server =
        TestServer.loopback(
            data(), model, "limits.inferencesMax=2", "limits.inferencesPerTenantMax=1")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket first = a.socket().start()) {
        first.text("accepted");
        try (TestSocket second = a.socket().start()) {
          JsonObject problem = second.problem();
          assertType(problem, "quota-exceeded");
          assertThat(problem.getInteger("retryAfterSeconds")).isPositive();
          assertThat(second.closed()).isEqualTo((short) 4429);
        }
        try (TestSocket other = b.socket().start()) {
          other.text("accepted");
          try (TestSocket third = b.socket().start()) {
            assertType(third.problem(), "overloaded");
            assertThat(third.closed()).isEqualTo((short) 4503);
          }
        }
      }
      Eventually.holds(
          () -> a.get("/metrics").body().contains("he_inferences_active 0.0"), "permits are back");
    }
  }

  @Test
  void keyQuotaIsCountedBeforeTheUpload() throws Exception {
    try (TestServer server =
        TestServer.loopback(data(), model(1), "limits.keyBytesPerTenantMax=1000000")) {
      TestClient a = server.client(TestServer.KEY_A);
      a.createSession("loopback").uploadKeys();
      JsonObject problem =
          assertProblem(a.post("/v2/sessions", a.newSession("loopback")), 429, "quota-exceeded");
      assertThat(problem.getString("limit")).isEqualTo("keyBytesPerTenantMax");
      assertThat(a.putKey(KeySpec.rotation(1, 2)).statusCode())
          .as("replacing a key needs no more room")
          .isEqualTo(200);
      server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
    }
  }

  @Test
  void diskReserveIsKept() throws Exception {
    try (TestServer server =
        TestServer.loopback(data(), model(1), "limits.diskReserveBytes=" + Long.MAX_VALUE / 2)) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback");
      assertProblem(a.putKey(KeySpec.rotation(1, 2)), 507, "storage-full");
      assertThat(files(data().resolve("uploads"))).isZero();
    }
  }

  @Test
  void diskFullDuringKeyUpload() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    assumeTrue(mount(small, "700k"), "needs the right to mount a small tmpfs");
    try (TestServer server = TestServer.loopback(small, model(1), "limits.diskReserveBytes=0")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback");
      assertThat(a.putKey(KeySpec.rotation(-3, 1)).statusCode()).isEqualTo(200);
      HttpResponse<String> full = null;
      for (KeySpec spec :
          List.of(
              KeySpec.rotation(1, 2),
              KeySpec.publicKey(a.parameters),
              KeySpec.relinearization(2))) {
        HttpResponse<String> put = a.putKey(spec);
        full = put.statusCode() == 200 ? full : put;
      }
      assertThat(full).as("one key did not fit").isNotNull();
      assertProblem(full, 507, "storage-full");
      assertThat(files(small.resolve("uploads"))).as("half-written files").isZero();
      JsonObject session = new JsonObject(a.get(a.path()).body());
      assertThat(session.getBoolean("ready")).isFalse();
      assertThat(session.getJsonArray("storedKeys").getList()).contains("-3");
      long stored = 0;
      Path keys = small.resolve("sessions").resolve(session.getString("session")).resolve("keys");
      try (Stream<Path> each = Files.list(keys)) {
        for (Path key : each.toList()) {
          stored += Files.size(key);
        }
      }
      assertThat(session.getLong("keyBytes")).isEqualTo(stored);
    } finally {
      new ProcessBuilder("umount", small.toString()).start().waitFor();
    }
  }

  @Test
  void aNewSessionOnAFullDiskIsRefusedAndLeavesNothing() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    assumeTrue(mount(small, "700k"), "needs the right to mount a small tmpfs");
    try (TestServer server = TestServer.loopback(small, model(1))) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback");
      fill(small);
      assertProblem(a.post("/v2/sessions", a.newSession("loopback")), 507, "storage-full");
      assertThat(files(small.resolve("sessions"))).as("half a session").isEqualTo(1);
      assertThat(a.send("DELETE", a.path(), TestClient.NOTHING).statusCode()).isEqualTo(204);
    } finally {
      new ProcessBuilder("umount", small.toString()).start().waitFor();
    }
  }

  private static void fill(Path folder) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("fill"))) {
      byte[] block = new byte[4096];
      while (true) {
        try {
          out.write(block);
        } catch (IOException full) {
          return;
        }
      }
    }
  }

  private static boolean mount(Path at, String size) throws Exception {
    return new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "none", at.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void gracefulStopLetsARunningInferenceFinish() throws Exception {
    LoopbackModel model = model(1);
    TestServer server = TestServer.loopback(data(), model);
    TestClient client = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
    model.gate = new Semaphore(0);
    try (TestSocket s = client.socket().start();
        TestSocket late = client.socket()) {
      s.inputs();
      Eventually.holds(() -> model.openComputations.get() == 1, "the step has begun");
      Future<Void> stopping = server.appliance.stop();
      late.start();
      JsonObject refused = late.problem();
      assertType(refused, "shutting-down");
      assertThat(refused.getInteger("retryAfterSeconds")).isPositive();
      for (HttpResponse<String> answer :
          List.of(
              client.get("/v2/health/ready"),
              client.get("/v2/models/loopback/ready"),
              client.post("/v2/sessions", client.newSession("loopback")),
              client.get(client.path() + "/inferences"))) {
        assertProblem(answer, 503, "shutting-down");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      }
      assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
      model.gate.release(100);
      s.rest();
      TestServer.await(stopping);
    } finally {
      TestServer.await(server.vertx.close());
    }
    assertThat(model.openComputations.get()).isZero();
    assertThat(model.openKeys.get()).isZero();
  }

  static void infer(TestClient client) {
    try (TestSocket s = client.socket().start()) {
      s.inputs();
      s.rest();
    }
  }

  private static long files(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
