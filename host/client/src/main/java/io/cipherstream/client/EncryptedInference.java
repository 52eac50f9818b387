package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.Round;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeReader;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireCiphertext;
import io.cipherstream.wire.WireException;
import io.cipherstream.wire.WireSession;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One inference over an open connection: inputs up, rounds both ways, result down.
 *
 * <p>What is sent (messages, lengths, order) follows from the plan alone. A value that cannot be
 * right is noted, replaced, and the conversation goes on to its end; the server learns nothing from
 * how the client takes it.
 */
final class EncryptedInference {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final InferenceConnection socket;
  private final ClientKeys keys;
  private final InferencePlan plan;
  private final ExecutorService workers;
  private final EnvelopeWriter writer;
  private final EnvelopeReader reader;
  private final byte[] id = new byte[EnvelopePosition.INFERENCE_ID_BYTES];
  private final List<String> warnings = new ArrayList<>();
  private @Nullable RuntimeException clientFailure;
  private long clientNanos;

  EncryptedInference(
      InferenceConnection socket,
      WireSession session,
      ClientKeys keys,
      InferencePlan plan,
      ExecutorService workers) {
    ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
    this.socket = socket;
    this.keys = keys;
    this.plan = plan;
    this.workers = workers;
    this.writer = new EnvelopeWriter(session, WordPacking.BIT_PACKED, alloc);
    this.reader = new EnvelopeReader(session, alloc);
    RANDOM.nextBytes(id);
  }

  /**
   * What came out.
   *
   * @param output the model's output rows: one, or without pooling one a token
   * @param computeSeconds the server's steps on ciphertexts, queueing included, by its clock
   * @param clientSeconds packing, encryption, decryption and activations as far as the conversation
   *     waited for them
   * @param engine what computed the result
   * @param enginesFailed what failed before
   */
  record Outcome(
      double[][] output,
      double computeSeconds,
      double clientSeconds,
      List<String> warnings,
      String engine,
      List<String> enginesFailed) {}

  Outcome run(ClientRun run) {
    start();
    send(timed(run::inputs), plan.inputs(), -1);
    accepted();
    for (Round round : plan.rounds()) {
      announced(round);
      List<double[]> down = receive(round.down(), round.index());
      send(timed(() -> answer(run, round, down)), round.up(), round.index());
    }
    JsonNode result = socket.receiveJson();
    expect(result, "type", "result");
    expect(result, "count", Integer.toString(plan.result().size()));
    List<double[]> slots = receive(plan.result(), plan.rounds().size());
    if (clientFailure != null) {
      throw new ClientException(
          Kind.PROTOCOL,
          "the server's intermediate values made no sense here: " + clientFailure.getMessage(),
          clientFailure);
    }
    double[][] output = timed(() -> run.finish(slots));
    warnings.addAll(run.warnings());
    double compute =
        result.path("computeSeconds").asDouble() + result.path("queueSeconds").asDouble();
    return new Outcome(
        output,
        compute,
        clientNanos / 1e9,
        List.copyOf(warnings),
        EngineNames.used(result),
        EngineNames.failed(result));
  }

  private <T> T timed(Supplier<T> work) {
    long started = System.nanoTime();
    try {
      return work.get();
    } finally {
      clientNanos += System.nanoTime() - started;
    }
  }

  private void start() {
    ObjectNode start = ApplianceHttp.JSON.createObjectNode();
    start.put("type", "start");
    start.put("inference", HexFormat.of().formatHex(id));
    start.put("mode", plan.mode().label());
    start.put("tokenClass", plan.tokenClass());
    start.put("planDigest", plan.digestHex());
    socket.send(start);
  }

  private void accepted() {
    JsonNode accepted = socket.receiveJson();
    expect(accepted, "type", "accepted");
    expect(accepted, "inference", HexFormat.of().formatHex(id));
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
          "the server's message has "
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

  /** Receives and decrypts; decryption runs beside the transfer of what follows. */
  private List<double[]> receive(List<CiphertextSpec> specs, int round) {
    List<Future<double[]>> slots = new ArrayList<>(specs.size());
    try {
      for (int i = 0; i < specs.size(); i++) {
        CiphertextSpec spec = specs.get(i);
        EnvelopePosition position = new EnvelopePosition(id, round, i);
        OwnedBuffer envelope = socket.receiveEnvelope();
        try {
          slots.add(workers.submit(() -> decrypt(envelope, position, spec)));
        } catch (RejectedExecutionException e) {
          envelope.close();
          throw e;
        }
      }
    } catch (RuntimeException e) {
      drain(slots);
      throw e;
    }
    return timed(() -> Workers.all(slots));
  }

  private static void drain(List<Future<double[]>> slots) {
    try {
      Workers.all(slots);
    } catch (RuntimeException e) {
      // The failure that ended the transfer is the one to report.
    }
  }

  private double[] decrypt(OwnedBuffer envelope, EnvelopePosition position, CiphertextSpec spec) {
    try (envelope;
        WireCiphertext ciphertext =
            reader.ciphertext(envelope.bytes(), position, spec.limbs(), spec.scale())) {
      return keys.decrypt(ciphertext);
    } catch (WireException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the server sent a damaged ciphertext: " + e.getMessage(), e);
    }
  }

  /** Encrypts in parallel and sends in order; what was not sent is freed. */
  private void send(List<double[]> slots, List<CiphertextSpec> specs, int round) {
    Queue<Future<OwnedBuffer>> envelopes = new ArrayDeque<>(specs.size());
    try {
      for (int i = 0; i < specs.size(); i++) {
        CiphertextSpec spec = specs.get(i);
        double[] vector = slots.get(i);
        int changed = SafeSlots.clamp(vector, SafeSlots.bound(plan.parameters(), spec));
        if (changed > 0) {
          warnings.add(
              "round "
                  + round
                  + ": "
                  + changed
                  + " values beyond what a ciphertext holds were cut");
        }
        EnvelopePosition position = new EnvelopePosition(id, round, i);
        envelopes.add(workers.submit(() -> keys.encrypt(writer, position, vector, spec)));
      }
      for (Future<OwnedBuffer> next = envelopes.peek(); next != null; next = envelopes.peek()) {
        Future<OwnedBuffer> encrypted = next;
        OwnedBuffer envelope = timed(() -> Workers.one(encrypted));
        envelopes.remove();
        socket.send(envelope);
      }
    } finally {
      envelopes.forEach(Workers::discard);
    }
  }
}
