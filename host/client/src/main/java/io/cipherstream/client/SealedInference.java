package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * One inference without rounds, as one request: the inputs up, the answer down. The plan alone
 * decides what is sent.
 */
final class SealedInference {

  /** Longest JSON before the answer's tensors, in bytes. */
  private static final int HEADER_BYTES_MAX = 1 << 16;

  private static final int INPUTS = -1;

  private final ApplianceHttp http;
  private final String model;
  private final String session;
  private final InferenceCipher cipher;
  private final AgreedPlan plan;
  private final List<String> tracks;
  private final ClientClock clock = new ClientClock();

  /**
   * @param tracks ids of stored tracks that the appliance computes on; mostly none
   */
  SealedInference(
      ApplianceHttp http,
      String model,
      String session,
      InferenceCipher cipher,
      AgreedPlan plan,
      List<String> tracks) {
    this.http = http;
    this.model = model;
    this.session = session;
    this.cipher = cipher;
    this.plan = plan;
    this.tracks = List.copyOf(tracks);
  }

  /**
   * @throws ServerProblemException if the appliance refuses it
   * @throws ClientException of kind PROTOCOL for an answer that is not the plan's
   */
  InferenceOutcome run(ClientRun run) {
    Exchanged exchanged = exchange(run::inputs);
    List<double[][]> outputs = clock.timed(() -> run.finishAll(exchanged.slots()));
    List<String> warnings = new ArrayList<>(cipher.warnings());
    warnings.addAll(run.warnings());
    return exchanged.outcome(outputs, clock.seconds(), warnings);
  }

  /**
   * What crossed the network.
   *
   * @param slots decrypted, an answer each
   * @param times what the appliance says of itself
   */
  record Exchanged(List<double[]> slots, long bytesUp, long bytesDown, JsonNode times) {

    InferenceOutcome outcome(
        List<double[][]> outputs, double clientSeconds, List<String> warnings) {
      return new InferenceOutcome(
          outputs,
          bytesUp,
          bytesDown,
          times.path("computeSeconds").asDouble() + times.path("queueSeconds").asDouble(),
          clientSeconds,
          List.copyOf(warnings),
          EngineNames.used(times),
          EngineNames.failed(times));
    }
  }

  /** Seconds of this client's own work so far. */
  double clientSeconds() {
    return clock.seconds();
  }

  /**
   * Sends the inputs and reads the answer.
   *
   * @throws ServerProblemException if the appliance refuses it
   * @throws ClientException of kind PROTOCOL for an answer that is not the plan's
   */
  Exchanged exchange(Supplier<List<double[]>> inputs) {
    List<byte[]> parts = parts(inputs);
    AnswerBodies.Binary answer =
        http.infer(path(), session, parts.get(0).length, parts, bytesMax());
    return exchanged(answer, parts.stream().mapToLong(part -> part.length).sum());
  }

  /**
   * Sends the inputs for an answer that is fetched later.
   *
   * @return the job's id
   * @throws ServerProblemException if the appliance refuses it
   */
  String submit(Supplier<List<double[]>> inputs) {
    List<byte[]> parts = parts(inputs);
    return http.submit(path(), session, parts.get(0).length, parts, cipher.id())
        .path("job")
        .asText();
  }

  /**
   * The answer of a job that is done.
   *
   * @throws ServerProblemException if the job has failed, or the appliance has it no longer
   * @throws ClientException of kind PROTOCOL for an answer that is not the plan's
   */
  InferenceOutcome fetch(String job, ClientRun run) {
    Exchanged exchanged = exchanged(http.jobResult(job, bytesMax()), 0);
    List<double[][]> outputs = clock.timed(() -> run.finishAll(exchanged.slots()));
    return exchanged.outcome(outputs, clock.seconds(), run.warnings());
  }

  private String path() {
    return "/v2/models/" + model + "/infer";
  }

  /** The body: JSON, then the envelopes. */
  private List<byte[]> parts(Supplier<List<double[]>> inputs) {
    List<byte[]> parts =
        http.spans().in("encrypt", () -> clock.timed(() -> envelopes(inputs.get())));
    parts.add(0, header(parts).toString().getBytes(StandardCharsets.UTF_8));
    return parts;
  }

  private Exchanged exchanged(AnswerBodies.Binary answer, long bytesUp) {
    JsonNode json = json(answer);
    List<double[]> slots =
        http.spans().in("decrypt", () -> clock.timed(() -> decrypted(answer, json)));
    return new Exchanged(slots, bytesUp, answer.body().length, json.path("parameters"));
  }

  /**
   * The body consists of copies, since the HTTP client may read it after this call has given up.
   */
  private List<byte[]> envelopes(List<double[]> slots) {
    Queue<Future<OwnedBuffer>> waiting =
        new ArrayDeque<>(cipher.encrypt(slots, plan.inputs(), INPUTS));
    List<byte[]> parts = new ArrayList<>();
    try {
      for (Future<OwnedBuffer> next = waiting.peek(); next != null; next = waiting.peek()) {
        try (OwnedBuffer envelope = Workers.one(next)) {
          waiting.remove();
          byte[] bytes = new byte[envelope.length()];
          envelope.bytes().readBytes(bytes);
          parts.add(bytes);
        }
      }
      return parts;
    } finally {
      waiting.forEach(Workers::discard);
    }
  }

  private ObjectNode header(List<byte[]> envelopes) {
    ObjectNode header = ApplianceHttp.JSON.createObjectNode();
    header.put("id", cipher.id());
    ObjectNode parameters = header.putObject("parameters");
    parameters
        .put("session", session)
        .put("mode", plan.mode())
        .put("tokenClass", plan.tokenClass())
        .put("planDigest", plan.digestHex());
    if (!tracks.isEmpty()) {
      tracks.forEach(parameters.putArray("tracks")::add);
    }
    ArrayNode inputs = header.putArray("inputs");
    List<String> names = InferTensors.inputs(envelopes.size());
    for (int i = 0; i < envelopes.size(); i++) {
      int bytes = envelopes.get(i).length;
      ObjectNode input = inputs.addObject();
      input.put("name", names.get(i)).put("datatype", InferTensors.DATATYPE);
      input.putArray("shape").add(bytes);
      input.putObject("parameters").put("binary_data_size", bytes);
    }
    return header;
  }

  private int bytesMax() {
    long envelopes = 0;
    for (CiphertextSpec spec : plan.result()) {
      envelopes += EnvelopeSizes.ciphertext(plan.parameters(), spec.limbs(), WordPacking.RAW);
    }
    return Math.toIntExact(HEADER_BYTES_MAX + envelopes);
  }

  private JsonNode json(AnswerBodies.Binary answer) {
    try {
      JsonNode json = ApplianceHttp.JSON.readTree(answer.body(), 0, answer.headerBytes());
      String id = json.path("id").asText("");
      if (!id.equals(cipher.id())) {
        throw new ClientException(
            Kind.PROTOCOL, "the appliance answered inference '" + id + "' instead of this one");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new ClientException(
          Kind.PROTOCOL, "the appliance's answer does not begin with JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ClientException(Kind.PROTOCOL, "the appliance's answer cannot be read", e);
    }
  }

  private List<double[]> decrypted(AnswerBodies.Binary answer, JsonNode json) {
    List<String> names = InferTensors.outputs(plan.result().size());
    JsonNode outputs = json.path("outputs");
    List<Future<double[]>> slots = new ArrayList<>();
    long at = answer.headerBytes();
    try {
      for (int i = 0; i < names.size(); i++) {
        JsonNode output = outputs.path(i);
        long bytes = output.path("parameters").path("binary_data_size").asLong(-1);
        if (!output.path("name").asText("").equals(names.get(i))
            || bytes < 1
            || bytes > answer.body().length - at) {
          throw wrong(answer, json);
        }
        slots.add(cipher.decrypt(copy(answer, (int) at, (int) bytes), plan.result().get(i), 0, i));
        at += bytes;
      }
      if (outputs.size() != names.size() || at != answer.body().length) {
        throw wrong(answer, json);
      }
    } catch (RuntimeException e) {
      Workers.quietly(slots);
      throw e;
    }
    return Workers.all(slots);
  }

  private static OwnedBuffer copy(AnswerBodies.Binary answer, int from, int bytes) {
    OwnedBuffer envelope = OwnedBuffer.direct(PooledByteBufAllocator.DEFAULT, bytes);
    envelope.bytes().writeBytes(answer.body(), from, bytes);
    return envelope;
  }

  private ClientException wrong(AnswerBodies.Binary answer, JsonNode json) {
    return new ClientException(
        Kind.PROTOCOL,
        "the appliance's answer of "
            + answer.body().length
            + " bytes has outputs "
            + json.path("outputs")
            + " where the plan has "
            + plan.result().size());
  }
}
