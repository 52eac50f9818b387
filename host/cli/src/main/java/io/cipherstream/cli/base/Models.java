package io.cipherstream.cli.base;

import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelModes;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The models on this machine: those that the user imported, then the embedded ones. */
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

  /** The package of that name; a refusal lists the existing models. */
  public static ModelPackage find(String name) {
    return repository().find(name);
  }

  /**
   * Checks name and mode before anything is started.
   *
   * @throws io.cipherstream.model.ModelException of kind NOT_FOUND, naming the existing models
   * @throws CliException if the model has no such mode, naming its modes
   */
  public static void check(String name, Optional<String> mode) {
    checkMode(find(name).manifest(), mode);
  }

  /**
   * Checks what a model outputs before anything is started.
   *
   * @param embeddings whether embeddings are requested
   * @throws CliException if it outputs something else, naming the right command
   */
  public static void checkAnswers(ModelManifest manifest, boolean embeddings) {
    boolean gives = manifest.shape().head().embeds();
    if (gives && !embeddings) {
      throw CliException.badInput(
          "model " + manifest.name() + " gives embeddings, not labels or values: use embed");
    }
    if (!gives && embeddings) {
      throw CliException.badInput(
          "model " + manifest.name() + " gives labels or values, not embeddings: use classify");
    }
  }

  /** The requested mode, or the first of the model. */
  public static String checkMode(ModelManifest manifest, Optional<String> mode) {
    List<String> modes = manifest.modes();
    if (modes.isEmpty()) {
      throw CliException.badInput(
          "model "
              + manifest.name()
              + " has no encrypted mode: "
              + String.join(" ", manifest.notes()));
    }
    String word = ModelModes.current(mode.orElse(modes.get(0)));
    if (!modes.contains(word)) {
      throw CliException.badInput(
          "model " + manifest.name() + " has no mode '" + word + "'; its modes: " + modes);
    }
    return word;
  }
}
