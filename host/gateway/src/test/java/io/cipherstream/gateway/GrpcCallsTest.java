package io.cipherstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.inference.proto.ModelInferRequest;
import io.cipherstream.gateway.inference.proto.ModelInferResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of gRPC that take long, are not read, or are none, byte by byte. */
class GrpcCallsTest {

  private static final int MUTATIONS = Integer.getInteger("cipherstream.fuzz", 150);
  private static final String MARKER = "zqmarker";

  /** Two seconds for an answer to be read and for a connection without a request. */
  private static final GatewayLimits SHORT = new GatewayLimits(4096, 64, 200, 64, 64, 1, 2, 2, 20);

  private static final int WINDOW = 1 << 16;

  private final Vertx vertx = Vertx.vertx();

  /** What came back. */
  private record Answer(String status, String why, Buffer body) {}

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * On one connection.
   *
   * @param window bytes of an answer that it takes before they are read
   */
  private HttpClient client(int window) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(window)),
        new PoolOptions().setHttp2MaxSize(1));
  }

  /**
   * @param read takes the answer at once, on its event loop
   */
  private static <T> Future<T> call(
      HttpClient client,
      RunningGateway gateway,
      byte[] message,
      Function<HttpClientResponse, Future<T>> read) {
    Buffer framed = Buffer.buffer().appendByte((byte) 0).appendInt(message.length);
    return client
        .request(
            HttpMethod.POST,
            gateway.gateway().grpcPort(),
            "127.0.0.1",
            "/inference.GRPCInferenceService/ModelInfer")
        .compose(
            request ->
                request
                    .putHeader("Content-Type", "application/grpc")
                    .putHeader("TE", "trailers")
                    .send(framed.appendBytes(message))
                    .compose(read));
  }

  private static Future<Answer> answer(HttpClient client, RunningGateway gateway, byte[] message) {
    return call(
        client,
        gateway,
        message,
        response ->
            response
                .body()
                .map(
                    body ->
                        new Answer(
                            of(response, "grpc-status"), of(response, "grpc-message"), body)));
  }

  private static String of(HttpClientResponse response, String name) {
    String first = response.getHeader(name);
    return String.valueOf(first == null ? response.getTrailer(name) : first);
  }

  private static byte[] infer() {
    return ModelInferRequest.newBuilder()
        .setModelName("classes")
        .setId("7")
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("text")
                .setDatatype("BYTES")
                .addShape(1))
        .addRawInputContents(
            ByteString.copyFrom(
                Buffer.buffer()
                    .appendIntLE(("a man " + MARKER).length())
                    .appendString("a man " + MARKER)
                    .getBytes()))
        .build()
        .toByteArray();
  }

  @Test
  void anAnswerMayTakeLongerThanAConnectionMayBeIdle() throws Exception {
    try (RunningGateway gateway = new RunningGateway(Optional.empty(), SHORT)) {
      HttpClient client = client(WINDOW);
      gateway.classes.hold();
      Future<Answer> waits = answer(client, gateway, infer());
      gateway.classes.awaitAsked(1);
      TimeUnit.SECONDS.sleep(5); // longer, and some sweeps have come
      gateway.classes.release();
      Answer answer = await(waits);
      assertThat(answer.status()).isEqualTo("0");
      ModelInferResponse message =
          ModelInferResponse.parseFrom(answer.body().getBytes(5, answer.body().length()));
      assertThat(message.getId()).isEqualTo("7");
      gateway.awaitConnections(count -> count == 0); // now it is idle
    }
  }

  @Test
  void aCallerThatDoesNotReadLosesTheConnection() throws Exception {
    try (RunningGateway gateway = new RunningGateway(Optional.empty(), SHORT)) {
      HttpClient client = client(1);
      await(call(client, gateway, infer(), response -> Future.succeededFuture(response.pause())));
      gateway.awaitConnections(count -> count == 0);
      await(client.close());
      HttpClient another = client(WINDOW);
      assertThat(await(answer(another, gateway, infer())).status())
          .as("others go on")
          .isEqualTo("0");
    }
  }

  /** Each is answered or refused as a caller's fault, and no byte of it is in the log. */
  @Test
  void whateverComesIsAnsweredOrRefused() throws Exception {
    long seed = Long.getLong("cipherstream.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (RunningGateway gateway = new RunningGateway()) {
      HttpClient client = client(WINDOW);
      int refused = 0;
      for (int i = 0; i < MUTATIONS; i++) {
        Answer answer = await(answer(client, gateway, mutated(infer(), random)));
        // OK, INVALID_ARGUMENT, NOT_FOUND
        assertThat(answer.status())
            .as("seed %d, mutation %d: %s", seed, i, answer.why())
            .isIn("0", "3", "5");
        if (!answer.status().equals("0")) {
          refused++;
          assertThat(answer.why()).isNotBlank();
        }
      }
      assertThat(refused).as("refusals, seed %d", seed).isPositive();
      assertThat(await(answer(client, gateway, infer())).status()).isEqualTo("0");
      assertThat(gateway.log()).doesNotContain(MARKER);
      assertThat(gateway.metrics()).doesNotContain(MARKER);
    }
  }

  /** Bits inverted, bytes cut off or put in. */
  private static byte[] mutated(byte[] good, SplittableRandom random) {
    Buffer body = Buffer.buffer(good.clone());
    for (int changes = random.nextInt(1, 4); changes > 0 && body.length() > 1; changes--) {
      int at = random.nextInt(body.length());
      switch (random.nextInt(3)) {
        case 0 -> body.setByte(at, (byte) (body.getByte(at) ^ 1 << random.nextInt(8)));
        case 1 -> body = body.getBuffer(0, at);
        default ->
            body =
                body.getBuffer(0, at)
                    .appendString("\u00ff", StandardCharsets.ISO_8859_1.name())
                    .appendBuffer(body.getBuffer(at, body.length()));
      }
    }
    return body.getBytes();
  }
}
