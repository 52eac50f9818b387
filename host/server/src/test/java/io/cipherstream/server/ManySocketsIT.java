package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.wire.EnvelopePosition;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many sockets of two tenants at once. Some clients stay, others leave at every point and in every
 * way; whoever reads an envelope checks that it is its own to the last byte: keyed digest, session,
 * inference, round, index, and the words that it had sent.
 */
class ManySocketsIT {

  private static final long SEED = Long.getLong("cipherstream.seed", System.nanoTime());
  private static final int STAYING = 10;
  private static final int LEAVING = 14;

  /** Inferences of each client that stays; those that leave go on until all of them are done. */
  private static final int WHOLE = 4;

  private static final int DOWN = 12;

  /** Where a client leaves. */
  private enum Leaves {
    AT_THE_END,
    BEFORE_INPUTS,
    IN_MID_UPLOAD,
    WHILE_COMPUTING,
    IN_MID_REPLY,
    WITHOUT_READING
  }

  /** How it leaves. */
  private enum By {
    CLOSE_FRAME,
    CLOSE,
    RESET,
    CANCEL
  }

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final CountDownLatch staying = new CountDownLatch(STAYING);
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger envelopes = new AtomicInteger();

  @TempDir private Path folder;

  @Test
  void everyEnvelopeIsItsOwners() throws Exception {
    System.out.println("ManySocketsIT seed " + SEED);
    LoopbackModel model =
        new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), DOWN);
    try (OwnFailures failures = new OwnFailures()) {
      try (TestServer server =
          TestServer.loopback(
              folder.resolve("data"),
              model,
              "limits.inferencesMax=200",
              "limits.inferencesPerTenantMax=100",
              "compute.stepsAtOnce=4")) {
        List<TestClient> tenants =
            List.of(
                server.client(TestServer.KEY_A).createSession("loopback").uploadKeys(),
                server.client(TestServer.KEY_B).createSession("loopback").uploadKeys());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < STAYING + LEAVING; i++) {
          TestClient client = tenants.get(i % 2);
          SplittableRandom random = new SplittableRandom(SEED + i);
          boolean stays = i < STAYING;
          threads.add(
              new Thread(
                  () -> guarded(() -> run(client, random, stays)),
                  (stays ? "staying client " : "leaving client ") + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        System.out.println(
            "ManySocketsIT "
                + left
                + " clients left early, "
                + envelopes
                + " envelopes were right");
        Eventually.holds(() -> model.openComputations.get() == 0, "all computations are freed");
        Eventually.holds(() -> HostCiphertext.open() == 0, "all ciphertexts are freed");
        assertThat(tenants.get(0).get("/metrics").body().lines())
            .filteredOn(line -> line.contains("type=\"internal\""))
            .allMatch(line -> line.endsWith(" 0.0"));
      }
      failures.none();
      assertThat(model.openKeys.get()).as("loaded keys").isZero();
    }
  }

  private interface Client {
    void run() throws IOException;
  }

  private void guarded(Client client) {
    try {
      client.run();
    } catch (IOException | RuntimeException | AssertionError e) {
      wrong.add(Thread.currentThread().getName() + ": " + e);
    }
  }

  private void run(TestClient client, SplittableRandom random, boolean stays) throws IOException {
    By[] ways = By.values();
    if (stays) {
      try (RawSocket socket = RawSocket.open(client, 0)) {
        for (int i = 0; i < WHOLE && wrong.isEmpty(); i++) {
          infer(client, socket, random, Leaves.AT_THE_END);
        }
        leave(socket, By.CLOSE_FRAME);
      } finally {
        staying.countDown();
      }
      return;
    }
    Leaves[] places = Leaves.values();
    while (staying.getCount() > 0 && wrong.isEmpty()) {
      Leaves leaves = places[random.nextInt(places.length)];
      int receiveBytes = leaves == Leaves.WITHOUT_READING ? 4096 : 0;
      try (RawSocket socket = RawSocket.open(client, receiveBytes)) {
        infer(client, socket, random, leaves);
        leave(socket, ways[random.nextInt(ways.length)]);
      }
      left.incrementAndGet();
    }
  }

  private static void leave(RawSocket socket, By by) throws IOException {
    switch (by) {
      case CLOSE_FRAME -> socket.frame(RawSocket.CLOSE, new byte[] {3, (byte) 0xe8}, true);
      case CLOSE -> {}
      case RESET -> socket.reset();
      case CANCEL -> socket.text(new JsonObject().put("type", "cancel"));
    }
  }

  private void infer(TestClient client, RawSocket socket, SplittableRandom random, Leaves leaves)
      throws IOException {
    byte[] inference = new byte[16];
    random.nextBytes(inference);
    socket.start(inference);
    said(socket, "accepted");
    if (leaves == Leaves.BEFORE_INPUTS) {
      return;
    }
    if (leaves == Leaves.IN_MID_UPLOAD) {
      byte[] input = envelope(client, random, inference, -1, 0, words(client, random));
      socket.binary(input, random.nextInt(1, input.length));
      return;
    }
    List<ByteBuffer> sent = send(client, socket, random, inference, -1, 2);
    if (leaves == Leaves.WHILE_COMPUTING) {
      return;
    }
    said(socket, "round");
    if (leaves == Leaves.WITHOUT_READING) {
      java.util.concurrent.locks.LockSupport.parkNanos(random.nextLong(200_000_000));
      return;
    }
    int read = leaves == Leaves.IN_MID_REPLY ? random.nextInt(DOWN) : DOWN;
    for (int i = 0; i < read; i++) {
      own(client, socket, inference, 0, i, sent.get(i % 2));
    }
    if (leaves == Leaves.IN_MID_REPLY) {
      return;
    }
    sent = send(client, socket, random, inference, 0, 1);
    said(socket, "round");
    own(client, socket, inference, 1, 0, sent.get(0));
    sent = send(client, socket, random, inference, 1, 2);
    said(socket, "result");
    own(client, socket, inference, 2, 0, sent.get(0));
  }

  private static List<ByteBuffer> send(
      TestClient client,
      RawSocket socket,
      SplittableRandom random,
      byte[] inference,
      int round,
      int count)
      throws IOException {
    List<ByteBuffer> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteBuffer words = words(client, random);
      byte[] envelope = envelope(client, random, inference, round, i, words);
      socket.binary(envelope, envelope.length);
      sent.add(words);
    }
    return sent;
  }

  private static byte[] envelope(
      TestClient client,
      SplittableRandom random,
      byte[] inference,
      int round,
      int index,
      ByteBuffer words) {
    byte[] seed = new byte[64];
    random.nextBytes(seed);
    return client.ciphertext(
        new EnvelopePosition(inference, round, index), LoopbackModel.SHAPE, seed, words);
  }

  /** Words of this client alone: one random number, below every prime, over and over. */
  private static ByteBuffer words(TestClient client, SplittableRandom random) {
    int bytes = Long.BYTES * client.parameters.degree() * LoopbackModel.SHAPE.limbs();
    ByteBuffer words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long word = random.nextLong(1L << 37);
    while (words.hasRemaining()) {
      words.putLong(word);
    }
    return words.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void said(RawSocket socket, String type) throws IOException {
    RawSocket.Message message = socket.receive();
    assertThat(message.opcode()).as("a text message, %s", type).isEqualTo(RawSocket.TEXT);
    assertThat(message.json().getString("type")).as(message.json().encode()).isEqualTo(type);
  }

  private void own(
      TestClient client, RawSocket socket, byte[] inference, int round, int index, ByteBuffer words)
      throws IOException {
    RawSocket.Message message = socket.receive();
    String what = "envelope of round " + round + ", index " + index;
    if (message.opcode() != RawSocket.BINARY) {
      throw new AssertionError(what + " is due, received " + describe(message));
    }
    byte[] bytes = message.bytes();
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(bytes, 64, 80))
        .as("session of the %s", what)
        .isEqualTo(client.session.getString("session"));
    assertThat(hex.formatHex(bytes, 48, 64))
        .as("inference of the %s", what)
        .isEqualTo(hex.formatHex(inference));
    assertThat(List.of(header.getInt(20), header.getInt(24)))
        .as("place of the %s", what)
        .containsExactly(round, index);
    assertThat(Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length))
        .as("digest of the %s", what)
        .isEqualTo(client.digest(bytes));
    long packed = header.getLong(192) & ((1L << 50) - 1);
    assertThat(packed).as("first word of the %s", what).isEqualTo(words.getLong(0));
    envelopes.incrementAndGet();
  }

  private static String describe(RawSocket.Message message) {
    return message.opcode() == RawSocket.TEXT
        ? message.json().encode()
        : "a close with code " + message.closeCode();
  }
}
