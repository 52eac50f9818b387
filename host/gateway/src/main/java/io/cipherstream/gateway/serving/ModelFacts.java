package io.cipherstream.gateway.serving;

import io.cipherstream.client.ClientModel;
import io.cipherstream.client.Passage;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a model once its client package is there.
 *
 * @param mode inference mode, such as {@code sealed}
 * @param shape its sizes; head, pooling and labels say what it answers
 * @param input the kind of input if it takes only one
 * @param tokensMax most tokens of a question, the special ones included
 * @param passages the messages of an inference by its token class
 * @param questionsTogether most questions that can share an inference
 */
public record ModelFacts(
    String mode,
    ModelShape shape,
    Optional<ModelTask.Input> input,
    int tokensMax,
    Map<Integer, List<Passage>> passages,
    int questionsTogether) {

  /** What a model gives for a question. */
  public enum Gives {
    /** A vector. */
    EMBEDDING("embeddings"),
    /** One of several classes. */
    LABEL("a label"),
    /** Any number of labels. */
    LABELS("any number of labels"),
    /** A number. */
    VALUE("a value"),
    /** A label for each word. */
    WORD_LABELS("a label a word");

    private final String words;

    Gives(String words) {
      this.words = words;
    }

    /** In words, for messages. */
    public String words() {
      return words;
    }
  }

  static ModelFacts of(ClientModel model) {
    return new ModelFacts(
        model.mode(),
        model.shape(),
        model.input(),
        model.tokensMax(),
        model.passages(),
        model.questionsTogether());
  }

  public Gives gives() {
    if (shape.pooling() == Pooling.NONE) {
      return Gives.WORD_LABELS;
    }
    Head head = shape.head();
    return switch (head) {
      case EMBEDDING, VECTOR -> Gives.EMBEDDING;
      case CLASSES -> Gives.LABEL;
      case LABELS -> Gives.LABELS;
      case VALUE -> Gives.VALUE;
    };
  }
}
