package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.wire.InferTensors;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of answers, each bounded in bytes and time. Immutable. */
final class AnswerBodies {

  /** Longest JSON answer that is read. */
  static final int JSON_BYTES_MAX = 1 << 20;

  private final ClientOptions options;

  AnswerBodies(ClientOptions options) {
    this.options = options;
  }

  /**
   * A binary answer: JSON, followed by tensors.
   *
   * @param headerBytes bytes of the JSON, at most those of the body
   */
  @SuppressWarnings("ArrayRecordComponent") // a holder from network to parser, never compared
  record Binary(int headerBytes, byte[] body) {}

  Binary binary(HttpResponse<InputStream> answer, int bytesMax) {
    try {
      byte[] body = body(answer, bytesMax + 1);
      int json =
          (int) answer.headers().firstValueAsLong(InferTensors.HEADER_LENGTH).orElse(body.length);
      if (body.length > bytesMax || json < 0 || json > body.length) {
        throw new ClientException(
            Kind.PROTOCOL,
            "the appliance's answer has "
                + (body.length > bytesMax ? "more than " + bytesMax : body.length)
                + " bytes, of which "
                + json
                + " are JSON");
      }
      return new Binary(json, body);
    } catch (IOException e) {
      throw ApplianceHttp.connectionFailure(options.server(), e);
    }
  }

  JsonNode json(HttpResponse<InputStream> answer) {
    try {
      byte[] bytes = body(answer, JSON_BYTES_MAX + 1);
      if (bytes.length > JSON_BYTES_MAX) {
        throw new ClientException(
            Kind.PROTOCOL, "the appliance's answer is longer than " + JSON_BYTES_MAX + " bytes");
      }
      return ApplianceHttp.JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new ClientException(
          Kind.PROTOCOL, options.server() + " answered with something that is not JSON", e);
    } catch (IOException e) {
      throw ApplianceHttp.connectionFailure(options.server(), e);
    }
  }

  /**
   * At most the given number of bytes of the body. The request's own timeout ends with the head of
   * the answer; a body that stalls is abandoned after the same time.
   */
  byte[] body(HttpResponse<InputStream> answer, int bytesMax) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try (InputStream body = answer.body()) {
      CompletableFuture<Void> unused =
          done.orTimeout(options.replyTimeout().toMillis(), TimeUnit.MILLISECONDS)
              .whenComplete((v, late) -> closeIfLate(body, late));
      try {
        return body.readNBytes(bytesMax);
      } catch (IOException e) {
        if (done.isCompletedExceptionally()) {
          throw new HttpTimeoutException("the answer stalled");
        }
        throw e;
      } finally {
        done.complete(null);
      }
    }
  }

  private static void closeIfLate(InputStream body, @Nullable Throwable late) {
    if (late != null) {
      try {
        body.close();
      } catch (IOException e) {
        // Closing only has to wake the reader, which it does even if it fails.
      }
    }
  }

  Problem problem(HttpResponse<InputStream> answer) {
    try {
      JsonNode json = ApplianceHttp.JSON.readTree(body(answer, JSON_BYTES_MAX));
      return json != null && json.isObject()
          ? Problem.of(json, answer.statusCode())
          : Problem.ofStatus(answer.statusCode());
    } catch (IOException e) {
      return Problem.ofStatus(answer.statusCode());
    }
  }

  void drain(HttpResponse<InputStream> answer) {
    try {
      body(answer, JSON_BYTES_MAX);
    } catch (IOException e) {
      // The answer's status has been read; its body does not matter.
    }
  }
}
