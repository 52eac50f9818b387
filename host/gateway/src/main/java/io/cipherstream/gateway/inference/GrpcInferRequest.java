package io.cipherstream.gateway.inference;

import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.inference.proto.InferParameter;
import io.cipherstream.gateway.inference.proto.ModelInferRequest;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Truncation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a request of gRPC. */
final class GrpcInferRequest {

  private GrpcInferRequest() {}

  /**
   * @throws GatewayProblem if it is not what the model takes
   */
  static InferCallRequest read(ModelInferRequest request, ModelFacts facts, GatewayLimits limits) {
    int raw = request.getRawInputContentsCount();
    int inputs = request.getInputsCount();
    if (raw > 0 && raw != inputs) {
      throw GatewayProblem.in(
          "raw_input_contents",
          inputs + " inputs and " + raw + " raw contents: expected as many of both, or none");
    }
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (int i = 0; i < inputs; i++) {
      ModelInferRequest.InferInputTensor input = request.getInputs(i);
      int count =
          InferCallRequest.elements(
              input.getName(), input.getDatatype(), input.getShapeList(), limits);
      List<String> read =
          raw > 0
              ? InferCallRequest.texts(
                  request.getRawInputContents(i).asReadOnlyByteBuffer(), count, limits)
              : contents(input, count, limits);
      if (texts.put(input.getName(), read) != null) {
        throw GatewayProblem.in("inputs", "two inputs have the same name");
      }
    }
    InferCallRequest call =
        new InferCallRequest(
            request.getId(),
            InferCallRequest.questions(facts, texts),
            truncation(request.getParametersMap()),
            request.getOutputsList().stream()
                .map(ModelInferRequest.InferRequestedOutputTensor::getName)
                .toList());
    call.checkOutputs(facts);
    return call;
  }

  private static Truncation truncation(Map<String, InferParameter> parameters) {
    InferParameter truncate = parameters.get("truncate");
    return truncate != null && truncate.getBoolParam() ? Truncation.CUT : Truncation.REFUSE;
  }

  private static List<String> contents(
      ModelInferRequest.InferInputTensor input, int count, GatewayLimits limits) {
    int given = input.getContents().getBytesContentsCount();
    if (given != count) {
      throw GatewayProblem.in(
          "inputs",
          given
              + " bytes_contents for a shape of "
              + count
              + ": expected one a text, or raw_input_contents");
    }
    return input.getContents().getBytesContentsList().stream()
        .map(bytes -> InferCallRequest.text(bytes.asReadOnlyByteBuffer(), limits))
        .toList();
  }
}
