package io.cipherstream.cli;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.QuestionEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The models on this machine: those the user imported, then those that come with the program. */
final class Models {

  private Models() {}

  static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    folders.add(Home.models());
    Path embedded = Home.embeddedModels();
    if (embedded != null) {
      folders.add(embedded);
    }
    return folders;
  }

  static ModelRepository repository() {
    return new ModelRepository(folders());
  }

  /** The package of that name; the message of a refusal lists the models there are. */
  static ModelPackage find(String name) {
    return repository().find(name);
  }

  /**
   * Looks at name, mode and texts before anything is started.
   *
   * @throws io.cipherstream.model.ModelException of kind NOT_FOUND, naming the models there are
   * @throws CliException if the model has no such mode, naming its modes, or a text does not fit it
   */
  static void check(String name, Optional<String> mode, List<TextOptions.Origin> texts) {
    ModelPackage model = find(name);
    checkMode(model.manifest(), mode);
    QuestionEncoder encoder = model.questions();
    Optional<ModelTask.Input> input = Optional.ofNullable(encoder.input());
    for (TextOptions.Origin text : texts) {
      try {
        encoder.encode(text.question(input));
      } catch (ModelException e) {
        String where = text.origin().isEmpty() ? "" : text.origin() + ": ";
        throw new CliException(ExitCodes.BAD_INPUT, where + e.getMessage(), e);
      }
    }
  }

  /** The mode asked for, or the model's first. */
  static String checkMode(ModelManifest manifest, Optional<String> mode) {
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
