package io.cipherstream.gateway.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.Members;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Truncation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The body of {@code POST /v2/models/NAME/infer}: JSON, and with the binary tensor extension the
 * bytes of tensors behind it.
 *
 * @param call what is asked
 * @param binary whether all outputs are wanted in the binary form
 * @param binaryOutputs names of those that are, besides
 */
record RestInferRequest(InferCallRequest call, boolean binary, Set<String> binaryOutputs) {

  private static final int INPUTS_MAX = 2;
  private static final int OUTPUTS_MAX = 16;

  /**
   * Reads a body.
   *
   * @param jsonBytes length of the JSON; all of the body if there is nothing behind it
   * @throws GatewayProblem if it is not what the model takes
   */
  static RestInferRequest read(
      byte[] body, OptionalInt jsonBytes, ModelFacts facts, GatewayLimits limits) {
    int json = jsonBytes.orElse(body.length);
    if (json < 0 || json > body.length) {
      throw GatewayProblem.of(
          GatewayProblemKind.MALFORMED,
          "Inference-Header-Content-Length is "
              + json
              + ": expected at most the body's "
              + body.length
              + " bytes");
    }
    Members members = new Members(StrictJson.object(body, 0, json), limits);
    Members parameters = parameters(members, limits);
    Inputs inputs = new Inputs(ByteBuffer.wrap(body, json, body.length - json), limits);
    JsonNode tensors = array(members.required("inputs"), "inputs", INPUTS_MAX);
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (JsonNode tensor : tensors) {
      Members head = object(tensor, "inputs", limits);
      if (texts.put(head.string("name"), inputs.texts(head)) != null) {
        throw GatewayProblem.in("inputs", "two inputs have the same name");
      }
    }
    inputs.finish();
    List<String> outputs = new ArrayList<>();
    Set<String> binary = new TreeSet<>();
    if (members.member("outputs").isPresent()) {
      for (JsonNode output : array(members.required("outputs"), "outputs", OUTPUTS_MAX)) {
        Members wanted = object(output, "outputs", limits);
        String name = wanted.string("name");
        outputs.add(name);
        if (parameters(wanted, limits).flag("binary_data", false)) {
          binary.add(name);
        }
      }
    }
    InferCallRequest call =
        new InferCallRequest(
            members.optionalString("id").orElse(""),
            InferCallRequest.questions(facts, texts),
            parameters.flag("truncate", false) ? Truncation.CUT : Truncation.REFUSE,
            outputs);
    call.checkOutputs(facts);
    return new RestInferRequest(call, parameters.flag("binary_data_output", false), binary);
  }

  /** Whether an output is wanted in the binary form. */
  boolean isBinary(String output) {
    return binary || binaryOutputs.contains(output);
  }

  private static Members parameters(Members members, GatewayLimits limits) {
    return members
        .member("parameters")
        .map(node -> object(node, "parameters", limits))
        .orElseGet(() -> new Members(StrictJson.MAPPER.createObjectNode(), limits));
  }

  private static Members object(JsonNode node, String member, GatewayLimits limits) {
    if (node instanceof ObjectNode object) {
      return new Members(object, limits);
    }
    throw Members.wrong(member, node, "an object");
  }

  private static JsonNode array(JsonNode node, String member, int most) {
    if (!node.isArray()) {
      throw Members.wrong(member, node, "an array");
    }
    if (node.isEmpty() || node.size() > most) {
      throw GatewayProblem.in(
          member,
          "member '" + member + "' has " + node.size() + " elements: expected 1 to " + most);
    }
    return node;
  }

  /** Input tensors, whose binary parts follow each other behind the JSON. */
  private static final class Inputs {
    private final ByteBuffer left;
    private final GatewayLimits limits;

    Inputs(ByteBuffer left, GatewayLimits limits) {
      this.left = left;
      this.limits = limits;
    }

    List<String> texts(Members head) {
      List<Long> shape = new ArrayList<>();
      JsonNode sizes = array(head.required("shape"), "inputs", 8);
      for (JsonNode size : sizes) {
        if (!size.isIntegralNumber() || !size.canConvertToLong()) {
          throw Members.wrong("inputs", size, "whole numbers in a shape");
        }
        shape.add(size.longValue());
      }
      int count =
          InferCallRequest.elements(head.string("name"), head.string("datatype"), shape, limits);
      OptionalInt bytes =
          parameters(head, limits).integer("binary_data_size", 0, limits.bodyBytesMax());
      return bytes.isPresent()
          ? binary(bytes.getAsInt(), count)
          : json(head.required("data"), count);
    }

    private List<String> binary(int bytes, int count) {
      if (bytes > left.remaining()) {
        throw GatewayProblem.in(
            "inputs",
            "binary_data_size is "
                + bytes
                + ", but "
                + left.remaining()
                + " bytes are left behind the JSON");
      }
      List<String> texts = InferCallRequest.texts(left.slice().limit(bytes), count, limits);
      left.position(left.position() + bytes);
      return texts;
    }

    private List<String> json(JsonNode data, int count) {
      List<String> texts = new ArrayList<>();
      Members check = new Members(StrictJson.MAPPER.createObjectNode(), limits);
      if (!data.isArray()) {
        throw Members.wrong("inputs", data, "an array of texts as data");
      }
      for (JsonNode item : data) {
        JsonNode text = item.isArray() && item.size() == 1 ? item.get(0) : item;
        texts.add(check.text("inputs", text));
        if (texts.size() > count) {
          break;
        }
      }
      if (texts.size() != count) {
        throw GatewayProblem.in(
            "inputs", "data has another number of texts than the shape's " + count);
      }
      return texts;
    }

    void finish() {
      if (left.hasRemaining()) {
        throw GatewayProblem.in(
            "inputs",
            left.remaining() + " bytes behind the JSON belong to no input (binary_data_size)");
      }
    }
  }
}
