package io.cipherstream.gateway.inference;

import io.cipherstream.gateway.serving.ModelFacts;
import io.cipherstream.model.ModelTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that a model takes or gives, as its metadata says.
 *
 * @param shape with -1 for the number of texts or of words
 */
record TensorDescription(String name, String datatype, List<Long> shape) {

  static final String TEXT = "text";
  static final String SECOND_TEXT = "text_pair";

  static final String LOGITS = "logits";
  static final String PROBABILITIES = "probabilities";
  static final String LABEL = "label";
  static final String LABELS = "labels";
  static final String VALUE = "value";
  static final String EMBEDDING = "embedding";
  static final String WORDS = "words";
  static final String WORD_LABELS = "word_labels";
  static final String TEXT_INDEX = "text_index";

  private static final List<Long> ANY_NUMBER = List.of(-1L);

  /** What a model takes: one text each, and where it may, a second one. */
  static List<TensorDescription> inputs(ModelFacts facts) {
    List<TensorDescription> inputs = new ArrayList<>();
    inputs.add(new TensorDescription(TEXT, OutputTensor.TEXTS, ANY_NUMBER));
    if (facts.input().equals(Optional.of(ModelTask.Input.PAIR))) {
      inputs.add(new TensorDescription(SECOND_TEXT, OutputTensor.TEXTS, ANY_NUMBER));
    }
    return inputs;
  }

  static List<TensorDescription> outputs(ModelFacts facts) {
    int width = facts.shape().outputs();
    return switch (facts.gives()) {
      case EMBEDDING -> List.of(numbers(EMBEDDING, width));
      case VALUE -> List.of(new TensorDescription(VALUE, OutputTensor.NUMBERS, ANY_NUMBER));
      case LABEL -> List.of(numbers(LOGITS, width), numbers(PROBABILITIES, width), texts(LABEL));
      case LABELS -> List.of(numbers(LOGITS, width), numbers(PROBABILITIES, width), texts(LABELS));
      case WORD_LABELS ->
          List.of(
              numbers(LOGITS, width),
              numbers(PROBABILITIES, width),
              texts(WORDS),
              texts(WORD_LABELS),
              new TensorDescription(TEXT_INDEX, OutputTensor.INDICES, ANY_NUMBER));
    };
  }

  private static TensorDescription numbers(String name, int width) {
    return new TensorDescription(name, OutputTensor.NUMBERS, List.of(-1L, (long) width));
  }

  private static TensorDescription texts(String name) {
    return new TensorDescription(name, OutputTensor.TEXTS, ANY_NUMBER);
  }
}
