package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inferences in one request as clients send them: over TLS, where HTTP/2 is agreed on. */
@Tag("slow")
class InferHttp2IT {

  private static final String WIRE_IN = "he_wire_bytes_total{direction=\"in\"} ";

  @TempDir private Path folder;

  @Test
  void requestThatEndsBeforeItsEnvelopesAreDecodedIsAnswered() throws Exception {
    LoopbackModel model =
        new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 2);
    Path data = folder.resolve("data");
    try (TestServer server =
        TestServer.loopback(data, model, "tls.mode=SELF_SIGNED", "limits.roundDeadlineSeconds=5")) {
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_2)
              .sslContext(TlsIT.trusting(TlsIT.certificate(data.resolve("tls/certificate.pem"))))
              .build();
      TestClient client =
          new TestClient(server.vertx, server.appliance.port(), TestServer.KEY_A, http, "https")
              .createSession("loopback")
              .uploadKeys();
      InferCall call = new InferCall(client, new SplittableRandom(1));
      HttpRequest request =
          HttpRequest.newBuilder(client.uri(call.path))
              .header("Authorization", "Bearer " + client.apiKey)
              .header("Content-Type", "application/octet-stream")
              .header("Inference-Header-Content-Length", String.valueOf(call.header().length))
              .POST(BodyPublishers.ofByteArray(call.body()))
              .build();
      Semaphore gate = new Semaphore(0);
      model.seedGate = gate;
      CompletableFuture<HttpResponse<byte[]>> answer =
          http.sendAsync(request, BodyHandlers.ofByteArray());
      int bytes = call.envelopes.stream().mapToInt(envelope -> envelope.length).sum();
      Eventually.holds(
          () -> client.get("/metrics").body().contains(WIRE_IN + bytes + ".0\n"),
          "all envelopes are received");
      // On the same connection: whatever the request still had was read before this is answered.
      assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(answer).isNotDone();
      gate.release(call.envelopes.size());
      HttpResponse<byte[]> response = answer.get(30, TimeUnit.SECONDS);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.statusCode()).isEqualTo(200);
    }
  }
}
