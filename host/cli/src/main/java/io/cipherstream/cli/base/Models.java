package io.cipherstream.cli.base;

import io.cipherstream.model.Head;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The models on this machine: those the user imported, then those that come with the program. */
public final class Models {

  private Models() {}

  public static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    folders.add(Home.models());
    Path embedded = Home.embeddedModels();
    if (embedded != null) {
      folders.add(embedded);
    }
    return folders;
  }

  public static ModelRepository repository() {
    return new ModelRepository(folders());
  }

  /** The package of that name; the message of a refusal lists the models there are. */
  public static ModelPackage find(String name) {
    return repository().find(name);
  }

  /**
   * Looks at name and mode before anything is started.
   *
   * @throws io.cipherstream.model.ModelException of kind NOT_FOUND, naming the models there are
   * @throws CliException if the model has no such mode, naming its modes
   */
  public static void check(String name, Optional<String> mode) {
    checkMode(find(name).manifest(), mode);
  }

  /**
   * Looks at what a model gives before anything is started.
   *
   * @param embeddings whether embeddings are asked for
   * @throws CliException if it gives something else, naming the command for that
   */
  public static void checkAnswers(ModelManifest manifest, boolean embeddings) {
    boolean gives = manifest.shape().head() == Head.EMBEDDING;
    if (gives && !embeddings) {
      throw CliException.badInput(
          "model " + manifest.name() + " gives embeddings, not labels or values: use embed");
    }
    if (!gives && embeddings) {
      throw CliException.badInput(
          "model " + manifest.name() + " gives labels or values, not embeddings: use classify");
    }
  }

  /** The mode asked for, or the model's first. */
  public static String checkMode(ModelManifest manifest, Optional<String> mode) {
    List<String> modes = manifest.modes();
    if (modes.isEmpty()) {
      throw CliException.badInput(
          "model "
              + manifest.name()
              + " has no encrypted mode: "
              + String.join(" ", manifest.notes()));
    }
    String word = mode.orElse(modes.get(0));
    if (!modes.contains(word)) {
      throw CliException.badInput(
          "model " + manifest.name() + " has no mode '" + word + "'; its modes: " + modes);
    }
    return word;
  }
}
