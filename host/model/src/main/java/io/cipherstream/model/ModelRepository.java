package io.cipherstream.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders that hold model packages, one folder a model. A model in an earlier folder hides one of
 * the same name in a later folder; imports go to the first folder.
 */
public final class ModelRepository {

  /** What a model's name looks like. */
  public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private final List<Path> folders;

  /**
   * @param folders at least one; those that are not there are taken as empty
   */
  public ModelRepository(List<Path> folders) {
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("a model repository needs at least one folder");
    }
    this.folders = List.copyOf(folders);
  }

  /**
   * @throws ModelException of kind NAME if the name does not match {@link #NAME}
   */
  public static String checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ModelException(
          ModelException.Kind.NAME,
          "model name '"
              + name
              + "': expected 1 to 64 of a-z, 0-9, '.', '_', '-', starting with a letter or digit");
    }
    return name;
  }

  /**
   * Manifests of all models by name; digests are not checked here.
   *
   * @param unreadable is told the name and the fault of each model whose manifest cannot be read
   */
  public SortedMap<String, ModelManifest> list(BiConsumer<String, ModelException> unreadable) {
    SortedMap<String, ModelManifest> out = new TreeMap<>();
    folders()
        .forEach(
            (name, folder) -> {
              try {
                out.put(name, ModelManifest.read(folder));
              } catch (ModelException e) {
                unreadable.accept(name, e);
              }
            });
    return out;
  }

  /** Names of all models; their manifests are not read, so that a broken one hides no other. */
  public SortedSet<String> names() {
    return new TreeSet<>(folders().keySet());
  }

  private SortedMap<String, Path> folders() {
    SortedMap<String, Path> out = new TreeMap<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> entries = Files.list(folder)) {
        for (Path entry : entries.sorted().toList()) {
          String name = entry.getFileName().toString();
          if (NAME.matcher(name).matches()
              && Files.isRegularFile(entry.resolve(ModelManifest.FILE))) {
            out.putIfAbsent(name, entry);
          }
        }
      } catch (IOException e) {
        throw ModelFiles.io("cannot list models in " + folder, e);
      }
    }
    return out;
  }

  /** Whether there is a model of that name. */
  public boolean has(String name) {
    checkName(name);
    return folders.stream()
        .anyMatch(f -> Files.isRegularFile(f.resolve(name).resolve(ModelManifest.FILE)));
  }

  /**
   * Opens a model, checking its digests.
   *
   * @throws ModelException of kind NAME, NOT_FOUND (says which models there are), DIGEST or
   *     MALFORMED
   */
  public ModelPackage find(String name) {
    checkName(name);
    for (Path folder : folders) {
      Path candidate = folder.resolve(name);
      if (Files.isRegularFile(candidate.resolve(ModelManifest.FILE))) {
        return ModelPackage.open(candidate);
      }
    }
    throw new ModelException(
        ModelException.Kind.NOT_FOUND, "no model '" + name + "': there are " + names());
  }

  /**
   * Imports a model file or folder: reads it, calibrates it, writes the package.
   *
   * @throws ModelException of any kind that {@link ModelImporter#importFrom}, {@link
   *     Calibrator#calibrate} or {@link ModelPackage#write} have; EXISTS before any work is done
   */
  public ModelPackage importModel(Path file, ImportOptions options) {
    Path target = folders.get(0).resolve(checkName(options.name()));
    if (Files.exists(target)) {
      throw new ModelException(
          ModelException.Kind.EXISTS,
          "there is a model '"
              + options.name()
              + "': remove "
              + target
              + " or choose another name");
    }
    ImportedModel model = ModelImporter.importFrom(file, options);
    Ranges ranges = Calibrator.calibrate(model, options.progress());
    options.progress().report("write", 0, 1);
    ModelPackage written = ModelPackage.write(options.name(), model, ranges, target);
    options.progress().report("write", 1, 1);
    return written;
  }
}
