package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.trace.Spans;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.OwnedBuffer;
import io.opentelemetry.api.trace.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One inference over an open connection: inputs up, rounds both ways, result down.
 *
 * <p>What is sent (messages, lengths, order) follows from the plan alone. The client always
 * completes the protocol, even when a decrypted value looks wrong: it records the value and
 * replaces it. So the appliance learns nothing from the client's reaction.
 */
final class EncryptedInference {

  private final InferenceConnection socket;
  private final InferenceCipher cipher;
  private final InferencePlan plan;
  private final ProgressListener progress;
  private final Spans spans;
  private final ClientClock clock = new ClientClock();
  private @Nullable RuntimeException clientFailure;

  /**
   * @param options its progress is told of the rounds where several texts share them, which takes
   *     long
   */
  EncryptedInference(
      InferenceConnection socket,
      InferenceCipher cipher,
      InferencePlan plan,
      ClientOptions options) {
    this.socket = socket;
    this.cipher = cipher;
    this.plan = plan;
    this.progress = options.progress();
    this.spans = options.spans();
  }

  InferenceOutcome run(ClientRun run) {
    long up = socket.bytesUp();
    long down = socket.bytesDown();
    start();
    send(clock.timed(run::inputs), plan.inputs(), -1);
    accepted();
    for (Round round : plan.rounds()) {
      if (run.texts() > 1) {
        progress.progress(
            run.texts() + " texts in one inference, rounds", round.index(), plan.rounds().size());
      }
      Span span = spans.span("round").setAttribute(Spans.ROUND, (long) round.index()).startSpan();
      Spans.in(span, () -> answered(run, round));
    }
    JsonNode result = socket.receiveJson();
    expect(result, "type", "result");
    expect(result, "count", Integer.toString(plan.result().size()));
    List<double[]> slots = receive(plan.result(), plan.rounds().size());
    if (clientFailure != null) {
      throw new ClientException(
          Kind.PROTOCOL,
          "the appliance's intermediate values made no sense here: " + clientFailure.getMessage(),
          clientFailure);
    }
    List<double[][]> outputs = clock.timed(() -> run.finishAll(slots));
    List<String> warnings = new ArrayList<>(cipher.warnings());
    warnings.addAll(run.warnings());
    return new InferenceOutcome(
        outputs,
        socket.bytesUp() - up,
        socket.bytesDown() - down,
        result.path("computeSeconds").asDouble() + result.path("queueSeconds").asDouble(),
        clock.seconds(),
        List.copyOf(warnings),
        EngineNames.used(result),
        EngineNames.failed(result));
  }

  /** One round: what comes, and what goes back. */
  private Round answered(ClientRun run, Round round) {
    announced(round);
    List<double[]> received = receive(round.down(), round.index());
    send(clock.timed(() -> answer(run, round, received)), round.up(), round.index());
    return round;
  }

  private void start() {
    ObjectNode start = ApplianceHttp.JSON.createObjectNode();
    start.put("type", "start");
    start.put("inference", cipher.id());
    start.put("mode", plan.mode().label());
    start.put("tokenClass", plan.tokenClass());
    start.put("planDigest", plan.digestHex());
    // Only of a client with traces: an appliance of an earlier version refuses the member.
    Spans.traceparent().ifPresent(value -> start.put(Spans.TRACEPARENT, value));
    socket.send(start);
  }

  private void accepted() {
    JsonNode accepted = socket.receiveJson();
    expect(accepted, "type", "accepted");
    expect(accepted, "inference", cipher.id());
    expect(accepted, "rounds", Integer.toString(plan.rounds().size()));
    expect(accepted, "inputs", Integer.toString(plan.inputs().size()));
  }

  private void announced(Round round) {
    JsonNode header = socket.receiveJson();
    expect(header, "type", "round");
    expect(header, "round", Integer.toString(round.index()));
    expect(header, "operation", round.operation().label());
    expect(header, "count", Integer.toString(round.down().size()));
  }

  private static void expect(JsonNode message, String member, String value) {
    String received = message.path(member).asText("");
    if (!received.equals(value)) {
      throw new ClientException(
          Kind.PROTOCOL,
          "the appliance's message has "
              + member
              + " '"
              + received
              + "' where the plan says '"
              + value
              + "'");
    }
  }

  private List<double[]> answer(ClientRun run, Round round, List<double[]> down) {
    if (clientFailure == null) {
      try {
        return run.answer(round.index(), down);
      } catch (RuntimeException e) {
        clientFailure = e;
      }
    }
    List<double[]> zeros = new ArrayList<>();
    for (int i = 0; i < round.up().size(); i++) {
      zeros.add(new double[plan.parameters().slots()]);
    }
    return zeros;
  }

  /** Receives and decrypts; decryption runs while the next ciphertexts are transferred. */
  private List<double[]> receive(List<CiphertextSpec> specs, int round) {
    List<Future<double[]>> slots = spans.in("receive", () -> received(specs, round));
    return spans.in("decrypt", () -> clock.timed(() -> Workers.all(slots)));
  }

  private List<Future<double[]>> received(List<CiphertextSpec> specs, int round) {
    List<Future<double[]>> slots = new ArrayList<>(specs.size());
    try {
      for (int i = 0; i < specs.size(); i++) {
        slots.add(cipher.decrypt(socket.receiveEnvelope(), specs.get(i), round, i));
      }
      return slots;
    } catch (RuntimeException e) {
      Workers.quietly(slots);
      throw e;
    }
  }

  /** Encrypts in parallel and sends in order; envelopes that were not sent are freed. */
  private void send(List<double[]> slots, List<CiphertextSpec> specs, int round) {
    long before = socket.bytesUp();
    Span encrypt = spans.span("encrypt").startSpan();
    Queue<Future<OwnedBuffer>> envelopes = new ArrayDeque<>(cipher.encrypt(slots, specs, round));
    Span upload = spans.span("upload").startSpan(); // from the first that is ready
    try {
      for (Future<OwnedBuffer> next = envelopes.peek(); next != null; next = envelopes.peek()) {
        Future<OwnedBuffer> encrypted = next;
        OwnedBuffer envelope = clock.timed(() -> Workers.one(encrypted));
        envelopes.remove();
        if (envelopes.isEmpty()) {
          encrypt.end();
        }
        socket.send(envelope);
      }
    } finally {
      envelopes.forEach(Workers::discard);
      encrypt.end();
      upload.setAttribute(Spans.BYTES, socket.bytesUp() - before);
      upload.end();
    }
  }
}
