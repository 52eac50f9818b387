package io.cipherstream.gateway.inference;

import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request for an inference, whatever carried it.
 *
 * @param id that the answer repeats; empty if none was given
 * @param questions one a text
 * @param outputs names of the outputs that are wanted; empty for all
 */
record InferCallRequest(
    String id, List<Question> questions, Truncation truncation, List<String> outputs) {

  private static final int ID_CHARACTERS_MAX = 256;

  InferCallRequest {
    if (id.length() > ID_CHARACTERS_MAX) {
      throw GatewayProblem.in(
          "id", "the id has " + id.length() + " characters: expected at most " + ID_CHARACTERS_MAX);
    }
    questions = List.copyOf(questions);
    outputs = List.copyOf(outputs);
  }

  /**
   * The questions in the tensors of a request.
   *
   * @param inputs texts by the tensor's name
   * @throws GatewayProblem if they are not what the model takes
   */
  static List<Question> questions(ModelFacts facts, Map<String, List<String>> inputs) {
    Map<String, List<String>> left = new TreeMap<>(inputs);
    List<String> texts = left.remove(TensorDescription.TEXT);
    List<String> seconds = left.remove(TensorDescription.SECOND_TEXT);
    if (texts == null || !left.isEmpty()) {
      throw GatewayProblem.in(
          "inputs",
          "the inputs have other names: expected '"
              + TensorDescription.TEXT
              + "', and for pairs '"
              + TensorDescription.SECOND_TEXT
              + "'");
    }
    if (seconds != null && seconds.size() != texts.size()) {
      throw GatewayProblem.in(
          "inputs",
          texts.size()
              + " texts and "
              + seconds.size()
              + " second texts: expected as many of both");
    }
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      questions.add(
          seconds != null
              ? new Question.Pair(texts.get(i), seconds.get(i))
              : facts.gives() == ModelFacts.Gives.WORD_LABELS
                  ? Question.Words.of(texts.get(i))
                  : new Question.Text(texts.get(i)));
    }
    return questions;
  }

  /**
   * Checks a text tensor's head.
   *
   * @return the number of its elements
   * @throws GatewayProblem if the datatype or shape is another one, or there are too many texts
   */
  static int elements(String name, String datatype, List<Long> shape, GatewayLimits limits) {
    if (!datatype.equals(OutputTensor.TEXTS)) {
      throw GatewayProblem.in(
          "inputs",
          "an input of another datatype than BYTES: texts go in as BYTES, since the gateway has the"
              + " model's tokenizer");
    }
    boolean row = shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1);
    long count = row ? shape.get(0) : -1;
    if (count < 1 || count > limits.textsMax()) {
      throw GatewayProblem.in(
          "inputs",
          "an input's shape is not that of texts: expected [N] or [N, 1] with N of 1 to "
              + limits.textsMax());
    }
    return (int) count;
  }

  /**
   * The texts of a tensor in its binary form: for each the length of its UTF-8 in four bytes,
   * little-endian, and these bytes.
   *
   * @throws GatewayProblem if the bytes are anything else
   */
  static List<String> texts(ByteBuffer raw, int count, GatewayLimits limits) {
    ByteBuffer in = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw GatewayProblem.in(
            "inputs",
            "a binary tensor ends within text "
                + (i + 1)
                + " of "
                + count
                + ": expected its length in four bytes and so many bytes");
      }
      texts.add(text(in.slice().limit(length), limits));
      in.position(in.position() + length);
    }
    if (in.hasRemaining()) {
      throw GatewayProblem.in(
          "inputs", "a binary tensor has " + in.remaining() + " bytes behind its last text");
    }
    return texts;
  }

  /** A text's UTF-8, decoded strictly. */
  static String text(ByteBuffer bytes, GatewayLimits limits) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (text.length() > limits.textCharactersMax()) {
        throw GatewayProblem.in(
            "inputs",
            "a text of "
                + text.length()
                + " characters: expected at most "
                + limits.textCharactersMax());
      }
      return text;
    } catch (CharacterCodingException e) {
      throw GatewayProblem.in("inputs", "a text is not UTF-8: expected UTF-8 in BYTES");
    }
  }

  /**
   * Of all outputs those that are wanted, in the order in which they were named.
   *
   * @throws GatewayProblem if the model has no such output
   */
  List<OutputTensor> wanted(List<OutputTensor> all) {
    if (outputs.isEmpty()) {
      return all;
    }
    return outputs.stream()
        .map(
            name ->
                all.stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow())
        .toList();
  }

  /**
   * Checks the names of wanted outputs before anything is asked.
   *
   * @throws GatewayProblem if the model has no such output
   */
  void checkOutputs(ModelFacts facts) {
    List<String> known =
        TensorDescription.outputs(facts).stream().map(TensorDescription::name).toList();
    if (!known.containsAll(outputs)) {
      throw GatewayProblem.in(
          "outputs",
          "an output that the model does not have was asked for: its outputs are " + known);
    }
  }
}
