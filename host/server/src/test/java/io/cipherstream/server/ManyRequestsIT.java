package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty requests of two tenants at once. Half of the clients leave at every point of the body or
 * the answer; the others check that each envelope is their own: digest, inference, index, words.
 */
@Tag("slow")
class ManyRequestsIT {

  private static final long SEED = Long.getLong("cipherstream.seed", System.nanoTime());
  private static final int CLIENTS = 20;
  private static final int REQUESTS = 3;

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger right = new AtomicInteger();

  @TempDir private Path folder;

  @Test
  void everyAnswerIsItsOwnersWhoeverLeaves() throws Exception {
    System.out.println("ManyRequestsIT seed " + SEED);
    LoopbackModel model =
        new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    try (OwnFailures failures = new OwnFailures()) {
      try (TestServer server =
          TestServer.loopback(
              folder.resolve("data"),
              model,
              "limits.inferencesMax=100",
              "limits.inferencesPerTenantMax=50",
              "compute.stepsAtOnce=4")) {
        List<TestClient> tenants =
            List.of(
                server.client(TestServer.KEY_A).createSession("loopback").uploadKeys(),
                server.client(TestServer.KEY_B).createSession("loopback").uploadKeys());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          TestClient client = tenants.get(i % 2);
          SplittableRandom random = new SplittableRandom(SEED + i);
          boolean stays = i % 4 < 2;
          Thread thread = new Thread(() -> guarded(client, random, stays), "client " + i);
          threads.add(thread);
          thread.start();
        }
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(right.get()).isEqualTo(CLIENTS / 2 * REQUESTS);
        Eventually.holds(() -> model.openComputations.get() == 0, "all computations are freed");
        Eventually.holds(() -> HostCiphertext.open() == 0, "all ciphertexts are freed");
        Eventually.holds(
            () -> tenants.get(0).get("/metrics").body().contains("he_inferences_active 0"),
            "all permits are given back");
        assertThat(tenants.get(0).get("/metrics").body().lines())
            .filteredOn(line -> line.contains("type=\"internal\""))
            .allMatch(line -> line.endsWith(" 0.0"));
      }
      failures.none();
      assertThat(model.openKeys.get()).as("loaded keys").isZero();
    }
  }

  private void guarded(TestClient client, SplittableRandom random, boolean stays) {
    try {
      for (int i = 0; i < REQUESTS && wrong.isEmpty(); i++) {
        InferCall call = new InferCall(client, random);
        if (stays) {
          own(call, call.send());
        } else {
          leave(call, random);
        }
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      wrong.add(Thread.currentThread().getName() + ": " + e);
    }
  }

  /** Sends up to anywhere, waits a little or reads a little, and goes in one of two ways. */
  private static void leave(InferCall call, SplittableRandom random) throws IOException {
    byte[] body = call.body();
    try (RawSocket socket = RawSocket.connect(call.client.port)) {
      socket.write(call.head(call.header().length, body.length));
      boolean whole = random.nextBoolean();
      socket.write(whole ? body : Arrays.copyOf(body, random.nextInt(body.length)));
      if (whole && random.nextBoolean()) {
        socket.head();
      }
      if (random.nextBoolean()) {
        socket.reset();
      }
    }
  }

  private void own(InferCall call, InferCall.Answer answer) {
    assertThat(answer.status()).as("%s", answer.headers()).isEqualTo(200);
    List<byte[]> tensors = answer.tensors();
    for (int i = 0; i < tensors.size(); i++) {
      byte[] envelope = tensors.get(i);
      assertThat(Arrays.copyOfRange(envelope, envelope.length - 32, envelope.length))
          .as("digest")
          .isEqualTo(call.client.digest(envelope));
      ByteBuffer header = ByteBuffer.wrap(envelope).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(Arrays.copyOfRange(envelope, 48, 64)).as("inference").isEqualTo(call.id);
      assertThat(header.getInt(24)).as("index").isEqualTo(i);
      ByteBuffer words = call.words.get(i).duplicate().order(ByteOrder.LITTLE_ENDIAN);
      assertThat(header.getLong(192) & ((1L << 50) - 1)).as("word").isEqualTo(words.getLong(0));
    }
    right.incrementAndGet();
  }
}
