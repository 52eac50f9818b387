package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.InferTensors;
import io.cipherstream.wire.WireException;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The JSON header of a request to {@code infer}: the Open Inference Protocol with its extension for
 * binary tensors, each of which is one envelope.
 *
 * @param session the session's id
 * @param tracks ids of stored tracks to compute on; mostly none
 * @param inputs names and lengths of the envelopes that follow, in their order
 * @param outputs names of the answers that are asked for; empty for all
 */
record InferHeader(
    String session,
    List<String> tracks,
    StartMessage start,
    List<Tensor> inputs,
    List<String> outputs) {

  private static final Set<String> MEMBERS = Set.of("id", "parameters", "inputs", "outputs");
  private static final Set<String> PARAMETERS =
      Set.of("session", "tracks", "mode", "tokenClass", "planDigest", "binary_data_output");
  private static final Set<String> INPUT = Set.of("name", "datatype", "shape", "parameters");
  private static final Set<String> OUTPUT = Set.of("name", "parameters");
  private static final String NAME = "[a-z0-9_]{1,32}";

  /** One envelope that follows. */
  record Tensor(String name, int bytes) {}

  /**
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} that names the member
   */
  static InferHeader of(byte[] bytes) {
    JsonObject json;
    try {
      json = new JsonObject(Buffer.buffer(bytes));
    } catch (DecodeException e) {
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          "the first " + bytes.length + " bytes of the body, which are not a JSON object",
          "as many bytes of JSON as Inference-Header-Content-Length says",
          "send the header's length in bytes of UTF-8");
    }
    JsonMembers members = new JsonMembers(json, "the request").only(MEMBERS);
    JsonMembers parameters = members.object("parameters").only(PARAMETERS);
    binary(parameters, "binary_data_output");
    StartMessage start =
        new StartMessage(
            members.text("id", StartMessage.INFERENCE),
            parameters.text("mode", StartMessage.MODE),
            parameters.number("tokenClass"),
            parameters.text("planDigest", StartMessage.DIGEST),
            null);
    JsonArray inputs = members.array("inputs");
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.add(tensor(JsonMembers.item(inputs, i, "inputs")));
    }
    List<String> names = new ArrayList<>();
    JsonArray outputs = json.containsKey("outputs") ? members.array("outputs") : new JsonArray();
    for (int i = 0; i < outputs.size(); i++) {
      names.add(output(JsonMembers.item(outputs, i, "outputs")));
    }
    return new InferHeader(
        parameters.text("session", StartMessage.INFERENCE),
        tracks(parameters),
        start,
        tensors,
        names);
  }

  private static List<String> tracks(JsonMembers parameters) {
    if (!parameters.json().containsKey("tracks")) {
      return List.of();
    }
    JsonArray ids = parameters.array("tracks");
    for (Object id : ids) {
      if (!(id instanceof String text) || !text.matches(StartMessage.INFERENCE)) {
        throw parameters.unfit("tracks", "ids of 32 hexadecimal digits");
      }
    }
    return ids.stream().map(String::valueOf).toList();
  }

  private static Tensor tensor(JsonMembers input) {
    input.only(INPUT);
    if (!input.text("datatype", "[A-Z0-9]{1,16}").equals(InferTensors.DATATYPE)) {
      throw input.unfit("datatype", InferTensors.DATATYPE + ": an envelope's bytes as they are");
    }
    int bytes =
        input.object("parameters").only(Set.of("binary_data_size")).number("binary_data_size");
    JsonArray shape = input.array("shape");
    if (shape.size() != 1 || !Integer.valueOf(bytes).equals(shape.getValue(0))) {
      throw input.unfit("shape", "[" + bytes + "], one dimension of binary_data_size bytes");
    }
    return new Tensor(input.text("name", NAME), bytes);
  }

  private static String output(JsonMembers output) {
    output.only(OUTPUT);
    if (output.json().containsKey("parameters")) {
      binary(output.object("parameters").only(Set.of("binary_data")), "binary_data");
    }
    return output.text("name", NAME);
  }

  private static void binary(JsonMembers of, String member) {
    if (of.json().containsKey(member) && !Boolean.TRUE.equals(of.json().getValue(member))) {
      throw of.unfit(member, "true: answers are binary");
    }
  }

  /** Bytes of all envelopes. */
  long bodyBytes() {
    return inputs.stream().mapToLong(Tensor::bytes).sum();
  }

  /**
   * Compares the envelopes with those that a plan takes and gives.
   *
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} for other numbers or names, {@link
   *     ProblemType#CIPHERTEXT_INVALID} or {@link ProblemType#TOO_LARGE} for another length
   */
  void check(AgreedPlan plan) {
    names(
        "inputs",
        inputs.stream().map(Tensor::name).toList(),
        InferTensors.inputs(plan.inputs().size()));
    if (!outputs.isEmpty()) {
      names("outputs", outputs, InferTensors.outputs(plan.result().size()));
    }
    for (int i = 0; i < inputs.size(); i++) {
      long packed = bytes(plan, i, WordPacking.BIT_PACKED);
      long raw = bytes(plan, i, WordPacking.RAW);
      int bytes = inputs.get(i).bytes();
      if (bytes != packed && bytes != raw) {
        boolean longer = bytes > raw;
        WireException.Kind kind =
            longer ? WireException.Kind.OVERSIZED : WireException.Kind.TRUNCATED;
        throw ProblemException.of(
                longer ? ProblemType.TOO_LARGE : ProblemType.CIPHERTEXT_INVALID,
                bytes + " bytes for " + inputs.get(i).name(),
                packed + " bytes (bit-packed) or " + raw + " bytes (raw)",
                "send the ciphertext that the plan names for this place")
            .with("wireError", kind.name());
      }
    }
  }

  private static long bytes(AgreedPlan plan, int index, WordPacking packing) {
    return EnvelopeSizes.seededCiphertext(
        plan.parameters(), plan.inputs().get(index).limbs(), packing);
  }

  private static void names(String what, List<String> received, List<String> expected) {
    if (!received.equals(expected)) {
      List<String> shown = received.subList(0, Math.min(expected.size() + 1, received.size()));
      throw ProblemException.of(
          ProblemType.REQUEST_INVALID,
          received.size() + " " + what + ", the first of them " + shown,
          expected.size() + " in this order: " + expected,
          "send the tensors of the plan that mode and tokenClass name");
    }
  }
}
