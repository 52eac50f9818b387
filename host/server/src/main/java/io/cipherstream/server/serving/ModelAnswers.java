package io.cipherstream.server.serving;

import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model gives, for those who ask which models there are.
 *
 * @param head {@code embedding}, {@code vector} (an embedding that is not normalised), {@code
 *     classes} or {@code value}
 * @param pooling {@code cls}, {@code mean}, or {@code none} where each token has an answer
 * @param labels class names in the order of the logits
 * @param task what the model was trained to answer; null where its package does not say it
 */
public record ModelAnswers(
    String head, String pooling, List<String> labels, @Nullable ModelTask task) {

  public ModelAnswers {
    labels = List.copyOf(labels);
  }

  static ModelAnswers of(ModelManifest manifest) {
    ModelShape shape = manifest.shape();
    return new ModelAnswers(
        shape.head().text(), shape.pooling().text(), shape.labels(), manifest.task());
  }
}
