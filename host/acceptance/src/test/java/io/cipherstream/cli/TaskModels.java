package io.cipherstream.cli;

import io.cipherstream.cli.model.PackagePlans;
import io.cipherstream.model.Calibrator;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.RandomTasks;
import java.nio.file.Path;
import java.util.List;

/** Small packages with random weights, one for each kind of task. */
final class TaskModels {

  static final List<String> TAGS = RandomTasks.TAGS;

  private final RandomTasks tasks = new RandomTasks();
  private final Path folder;

  /**
   * @param folder the repository's folder
   */
  TaskModels(Path folder) {
    this.folder = folder;
  }

  /** A regression of pairs, THE-X. */
  ModelPackage value() {
    return write("value", tasks.value());
  }

  /** A label a word, exact softmax and norms. */
  ModelPackage words() {
    return write("words", tasks.words());
  }

  /** Classes of texts and, where the table has two segments, of pairs; mean pooling. */
  ModelPackage classes(int segments) {
    return classes("classes", segments);
  }

  /** The same under another name. */
  ModelPackage classes(String name, int segments) {
    return write(name, tasks.classes(segments));
  }

  /** Embeddings of texts. */
  ModelPackage embedding() {
    return write("embedding", tasks.embedding());
  }

  private ModelPackage write(String name, ImportedModel model) {
    ModelPackage written =
        ModelPackage.write(
            name, model, Calibrator.calibrate(model, (s, d, t) -> {}), folder.resolve(name));
    PackagePlans.write(written);
    return written;
  }
}
