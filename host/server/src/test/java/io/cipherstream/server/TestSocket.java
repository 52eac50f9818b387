package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.WireCiphertext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One inference socket, with blocking receives. */
final class TestSocket implements AutoCloseable {

  private static final Object CLOSED = new Object();

  final TestClient client;
  final WebSocket socket;
  final byte[] inference;
  private final WebSocketClient sockets;
  private final BlockingQueue<Object> inbox = new LinkedBlockingQueue<>();

  TestSocket(TestClient client) {
    this.client = client;
    this.inference = new byte[16];
    new java.security.SecureRandom().nextBytes(inference);
    sockets =
        client.vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxMessageSize(1 << 26).setMaxFrameSize(65536));
    socket =
        TestServer.await(
            sockets.connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(client.port)
                    .setURI(client.path() + "/inferences")
                    .addHeader("Authorization", "Bearer " + client.apiKey)));
    socket.textMessageHandler(text -> inbox.add(new JsonObject(text)));
    socket.binaryMessageHandler(inbox::add);
    socket.closeHandler(v -> inbox.add(CLOSED));
  }

  JsonObject startMessage() {
    return new JsonObject()
        .put("type", "start")
        .put("inference", HexFormat.of().formatHex(inference))
        .put("mode", "paper")
        .put("tokenClass", 16)
        .put("planDigest", LoopbackModel.DIGEST);
  }

  JsonObject startMessage(String mode, int tokenClass, String planDigest) {
    return startMessage()
        .put("mode", mode)
        .put("tokenClass", tokenClass)
        .put("planDigest", planDigest);
  }

  TestSocket start() {
    return start(startMessage());
  }

  TestSocket start(JsonObject message) {
    TestServer.await(socket.writeTextMessage(message.encode()));
    return this;
  }

  /** A valid envelope for a place, with random words. */
  ByteBuf envelope(int round, int index, CiphertextSpec shape, ByteBuffer words) {
    return envelope(round, index, shape, words, client.bytes(64));
  }

  ByteBuf envelope(int round, int index, CiphertextSpec shape, ByteBuffer words, byte[] seed) {
    return Unpooled.wrappedBuffer(
        client.ciphertext(new EnvelopePosition(inference, round, index), shape, seed, words));
  }

  ByteBuffer send(int round, int index) {
    return send(round, index, LoopbackModel.SHAPE);
  }

  ByteBuffer send(int round, int index, CiphertextSpec shape) {
    ByteBuffer words = client.words(shape.limbs(), false);
    send(envelope(round, index, shape, words));
    return words;
  }

  void send(ByteBuf envelope) {
    TestServer.await(written(envelope));
  }

  /** Sends what is to be refused: the answer may close the socket before all of it is written. */
  void offer(ByteBuf envelope) {
    var unused = written(envelope);
  }

  private Future<Void> written(ByteBuf envelope) {
    byte[] bytes = new byte[envelope.readableBytes()];
    envelope.getBytes(envelope.readerIndex(), bytes);
    envelope.release();
    return socket.writeBinaryMessage(Buffer.buffer(bytes));
  }

  JsonObject text() {
    Object next = next();
    assertThat(next).as("a text message, got %s", next).isInstanceOf(JsonObject.class);
    return (JsonObject) next;
  }

  JsonObject text(String type) {
    JsonObject message = text();
    assertThat(message.getString("type")).as(message.encode()).isEqualTo(type);
    return message;
  }

  /** Sends both inputs of {@link LoopbackModel}, once the start is accepted. */
  void inputs() {
    text("accepted");
    send(-1, 0);
    send(-1, 1);
  }

  /** Goes from the first round of {@link LoopbackModel} to its result. */
  void rest() {
    text("round");
    ciphertext(0, 0, LoopbackModel.SHAPE);
    send(0, 0);
    afterFirstRound();
  }

  void afterFirstRound() {
    text("round");
    ciphertext(1, 0, LoopbackModel.SHAPE);
    send(1, 0);
    send(1, 1);
    text("result");
    ciphertext(2, 0, LoopbackModel.SHAPE);
  }

  /** The c₀ and c₁ words of the next message. */
  ByteBuffer ciphertext(int round, int index, CiphertextSpec shape) {
    Object next = next();
    assertThat(next).as("a binary message, got %s", next).isInstanceOf(Buffer.class);
    try (WireCiphertext got =
        new EnvelopeReader(client.wire, PooledByteBufAllocator.DEFAULT)
            .ciphertext(
                Unpooled.wrappedBuffer(((Buffer) next).getBytes()),
                new EnvelopePosition(inference, round, index),
                shape.limbs(),
                shape.scale())) {
      ByteBuffer copy = ByteBuffer.allocate(got.words().remaining());
      return copy.put(got.words()).flip();
    }
  }

  /** The next message's words in a direct buffer. */
  ByteBuffer directCiphertext(int round, int index, CiphertextSpec shape) {
    ByteBuffer words = ciphertext(round, index, shape);
    return ByteBuffer.allocateDirect(words.remaining())
        .put(words)
        .flip()
        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
  }

  /** The problem of the error message that is next, whatever data comes before it. */
  JsonObject problem() {
    Object next = next();
    while (next instanceof Buffer
        || (next instanceof JsonObject j && !"error".equals(j.getString("type")))) {
      next = next();
    }
    assertThat(next).as("an error message").isInstanceOf(JsonObject.class);
    return ((JsonObject) next).getJsonObject("problem");
  }

  short closed() {
    Object next = next();
    assertThat(next).as("the close, got %s", next).isSameAs(CLOSED);
    return socket.closeStatusCode();
  }

  private Object next() {
    try {
      Object next = inbox.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("a message within 60 s").isNotNull();
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    socket.close();
    sockets.close();
  }

  /** The words of a ciphertext's first polynomial. */
  static ByteBuffer c0(ByteBuffer words) {
    return words.slice(0, words.remaining() / 2);
  }
}
