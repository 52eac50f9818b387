package io.cipherstream.server.serving;

import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a model's output for a client that lists the models.
 *
 * @param head {@code embedding}, {@code vector} (an embedding that is not normalised), {@code
 *     classes} or {@code value}
 * @param pooling {@code cls}, {@code mean}, or {@code none} if each token has an answer
 * @param labels class names in the order of the logits
 * @param task the task the model was trained for; null if its package does not say
 * @param numbers whether it takes rows of numbers instead of texts
 */
public record ModelAnswers(
    String head, String pooling, List<String> labels, @Nullable ModelTask task, boolean numbers) {

  public ModelAnswers {
    labels = List.copyOf(labels);
  }

  /** Whether each token has an answer, in slots of its own. */
  public boolean eachToken() {
    return pooling.equals(Pooling.NONE.text());
  }

  static ModelAnswers of(ModelManifest manifest) {
    ModelShape shape = manifest.shape();
    return new ModelAnswers(
        shape.head().text(), shape.pooling().text(), shape.labels(), manifest.task(), false);
  }
}
