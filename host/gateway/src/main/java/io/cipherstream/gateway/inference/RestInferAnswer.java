package io.cipherstream.gateway.inference;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.door.DoorExchange;
import io.cipherstream.gateway.door.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * The answer to an inference.
 *
 * @param jsonBytes length of the JSON at the body's beginning, if bytes of tensors follow it
 */
record RestInferAnswer(Buffer body, OptionalInt jsonBytes) {

  static RestInferAnswer of(String model, RestInferRequest request, List<OutputTensor> all) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode();
    json.put("model_name", model).put("model_version", OpenInferenceDoor.VERSION);
    if (!request.call().id().isEmpty()) {
      json.put("id", request.call().id());
    }
    ArrayNode outputs = json.putArray("outputs");
    Buffer binary = Buffer.buffer();
    for (OutputTensor tensor : request.call().wanted(all)) {
      ObjectNode output = outputs.addObject();
      output.put("name", tensor.name()).put("datatype", tensor.datatype());
      ArrayNode shape = output.putArray("shape");
      tensor.shape().forEach(shape::add);
      if (request.isBinary(tensor.name())) {
        byte[] raw = tensor.raw();
        output.putObject("parameters").put("binary_data_size", raw.length);
        binary.appendBytes(raw);
      } else {
        output.set("data", tensor.json());
      }
    }
    Buffer head = DoorExchange.bytes(json);
    return binary.length() == 0
        ? new RestInferAnswer(head, OptionalInt.empty())
        : new RestInferAnswer(
            Buffer.buffer().appendBuffer(head).appendBuffer(binary), OptionalInt.of(head.length()));
  }
}
