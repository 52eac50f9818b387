package io.cipherstream.server.api;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The two lengths that a request to {@code infer} declares, checked before a byte of it is read.
 *
 * @param header bytes of the JSON in front
 * @param whole bytes of the body
 */
record InferLengths(int header, long whole) {

  private static final int SHOWN_MAX = 20;

  /**
   * @param headerMax most bytes of JSON
   * @throws ProblemException {@link ProblemType#MODE_UNSUPPORTED} for a model without such a mode,
   *     {@link ProblemType#LENGTH_REQUIRED}, {@link ProblemType#REQUEST_INVALID}, or {@link
   *     ProblemType#TOO_LARGE}
   */
  static InferLengths of(HttpServerRequest request, ServedModel model, int headerMax) {
    long tensorsMax =
        model.plans().stream()
            .filter(plan -> plan.rounds().isEmpty())
            .mapToLong(InferLengths::rawBytes)
            .max()
            .orElseThrow(
                () ->
                    ProblemException.of(
                        ProblemType.MODE_UNSUPPORTED,
                        "model '" + model.name() + "', all of whose modes have rounds",
                        "a model with a mode without rounds, such as sealed",
                        "ask on the session's WebSocket, which carries the rounds"));
    String declared = request.getHeader("Content-Length");
    if (declared == null) {
      throw ProblemException.of(
          ProblemType.LENGTH_REQUIRED,
          "a request without Content-Length",
          "at most " + (headerMax + tensorsMax) + " bytes",
          "send the body's length");
    }
    long header =
        number(
            request.getHeader(InferTensors.HEADER_LENGTH),
            InferTensors.HEADER_LENGTH,
            1,
            headerMax,
            "requestBytesMax");
    long whole = number(declared, "Content-Length", header, header + tensorsMax, null);
    return new InferLengths((int) header, whole);
  }

  private static long rawBytes(AgreedPlan plan) {
    long bytes = 0;
    for (CiphertextSpec spec : plan.inputs()) {
      bytes += EnvelopeSizes.seededCiphertext(plan.parameters(), spec.limbs(), WordPacking.RAW);
    }
    return bytes;
  }

  private static long number(
      @Nullable String text, String name, long least, long most, @Nullable String limit) {
    long value = text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    if (value >= least && value <= most) {
      return value;
    }
    ProblemException problem =
        ProblemException.of(
            value > most ? ProblemType.TOO_LARGE : ProblemType.REQUEST_INVALID,
            text == null
                ? "a request without " + name
                : name + " '" + text.substring(0, Math.min(SHOWN_MAX, text.length())) + "'",
            least + " to " + most + " bytes" + (limit == null ? "" : " (" + limit + ")"),
            "send JSON and envelopes as documented, and their lengths");
    throw limit == null || value <= most ? problem : problem.with("limit", limit);
  }
}
