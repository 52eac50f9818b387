package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.serving.InferenceBytes;
import io.cipherstream.server.serving.RequiredKeys;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Inferences in one request when memory is short, and a client that never reads its answer: whoever
 * is in the way is bounded, and others are told or answered.
 */
@Tag("slow")
class InferLimitsIT {

  /** More than a connection's buffers on both sides hold. */
  private static final int LONG_ANSWER = 120;

  private final SplittableRandom random =
      new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime()));

  @TempDir private Path folder;
  private LoopbackModel model;

  @BeforeEach
  void make() throws IOException {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
  }

  private TestServer server(String... settings) {
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  private static TestClient asker(TestServer server, String key) {
    return server.client(key).createSession("loopback").uploadKeys();
  }

  private static void send(RawSocket socket, InferCall call) throws IOException {
    socket.write(call.head(call.header().length, call.body().length));
    socket.write(call.body());
  }

  private static void refused(InferCall.Answer answer, int status, String slug, String limit) {
    assertThat(answer.status()).isEqualTo(status);
    JsonObject problem = answer.problem();
    assertThat(answer.slug()).as(problem.encode()).isEqualTo(slug);
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(problem.getInteger("retryAfterSeconds")).isPositive();
    assertThat(answer.headers().get("retry-after"))
        .isEqualTo(String.valueOf(problem.getInteger("retryAfterSeconds")));
  }

  @Test
  void clientThatNeverReadsItsAnswer() throws Exception {
    model.sealedOutputs = LONG_ANSWER;
    try (OwnFailures failures = new OwnFailures("io.vertx");
        TestServer server = server("limits.sendDeadlineSeconds=2")) {
      TestClient client = asker(server, TestServer.KEY_A);
      TestClient other = asker(server, TestServer.KEY_B);
      int before = server.appliance.connections();
      try (RawSocket socket = RawSocket.connect(client.port, 4096)) {
        send(socket, new InferCall(client, random));
        Eventually.holds(() -> model.steps.get() == 1, "it was computed");
        assertThat(new InferCall(other, random).send().status())
            .as("another tenant's, while this one is stuck")
            .isEqualTo(200);
        Eventually.holds(() -> model.openComputations.get() == 0, "given up after the deadline");
        Eventually.holds(() -> HostCiphertext.open() == 0, "its ciphertexts are freed");
        Eventually.holds(
            () -> client.get("/metrics").body().contains("he_inferences_active 0"),
            "its permit is given back");
        Eventually.holds(
            () -> server.appliance.connections() <= before,
            "its connection is closed, though it reads nothing");
      }
      assertThat(client.get("/metrics").body())
          .contains("outcome=\"deadline-exceeded\"")
          .containsPattern("he_problems_total\\{type=\"deadline-exceeded\"} [1-9]");
      failures.none();
    }
  }

  @Test
  void memoryShortOfOneTenantAndOfAll() throws Exception {
    long one = InferenceBytes.most(model.plans().get(2));
    model.gate = new Semaphore(0);
    try (TestServer server =
        server(
            "limits.inferenceBytesMax=" + one * 5 / 2,
            "limits.inferenceBytesPerTenantMax=" + one * 3 / 2)) {
      TestClient a = asker(server, TestServer.KEY_A);
      TestClient b = asker(server, TestServer.KEY_B);
      try (RawSocket first = RawSocket.connect(a.port);
          RawSocket second = RawSocket.connect(a.port)) {
        send(first, new InferCall(a, random));
        Eventually.holds(() -> model.openComputations.get() == 1, "the first is computed");
        refused(
            new InferCall(a, random).send(), 429, "quota-exceeded", "inferenceBytesPerTenantMax");
        send(second, new InferCall(b, random));
        Eventually.holds(
            () -> a.get("/metrics").body().contains("he_inferences_active 2"), "both are admitted");
        model.gate.release(2);
        assertThat(InferCall.receive(first).status()).isEqualTo(200);
        assertThat(InferCall.receive(second).status()).isEqualTo(200);
      }
      model.gate.release(1);
      assertThat(new InferCall(a, random).send().status()).as("room again").isEqualTo(200);
    }
  }

  @Test
  void memoryShortOfKeysIsWaitedForAndThenSaid() throws Exception {
    long keys = new RequiredKeys(LoopbackModel.PARAMETERS, model.plans()).loadedBytes();
    model.gate = new Semaphore(0);
    try (TestServer server =
        server(
            "limits.keyWaitSeconds=1",
            "limits.keyMemoryBytesMax=" + keys * 3 / 2,
            "limits.keyMemoryBytesPerTenantMax=" + keys * 3 / 2)) {
      TestClient a = asker(server, TestServer.KEY_A);
      TestClient b = asker(server, TestServer.KEY_B);
      try (RawSocket first = RawSocket.connect(a.port)) {
        send(first, new InferCall(a, random));
        Eventually.holds(() -> model.openComputations.get() == 1, "the first is computed");
        refused(new InferCall(b, random).send(), 503, "overloaded", "keyMemoryBytesMax");
        model.gate.release(2);
        assertThat(InferCall.receive(first).status()).isEqualTo(200);
      }
      assertThat(new InferCall(b, random).send().status()).as("room again").isEqualTo(200);
    }
  }
}
