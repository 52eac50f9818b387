package io.cipherstream.workflow.sealed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.model.ModelException;
import io.cipherstream.workflow.convert.ConversionException;
import io.cipherstream.workflow.convert.Fingerprint;
import io.cipherstream.workflow.train.Example;
import io.cipherstream.workflow.train.ParameterFiles;
import io.cipherstream.workflow.train.Parameters;
import io.cipherstream.workflow.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one training. Each phase, and the whole training, has weights and a JSON file that
 * is written last. Everything has the fingerprint of all it depends on.
 */
final class TrialStore {

  private static final String WHOLE = "trained";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final String fingerprint;

  /**
   * @param fingerprint of all it depends on
   * @param seconds of training
   * @param training the course of a phase; null of the whole training, and of a phase that an older
   *     program trained
   */
  record Result(String fingerprint, double seconds, @Nullable TrainingResult training) {}

  /**
   * @param settings what decides the training beside the examples
   */
  TrialStore(Path folder, List<Object> settings, List<Example> examples) {
    this.folder = folder;
    this.fingerprint = new Fingerprint().add(settings.toArray()).add(examples).hex();
  }

  /**
   * The finished training's result, or null.
   *
   * @throws ConversionException if it was made with something else, or cannot be read
   */
  @Nullable Result result() {
    return result(WHOLE);
  }

  private @Nullable Result result(String name) {
    Path file = folder.resolve(name + ".json");
    if (!Files.exists(file)) {
      return null;
    }
    try {
      Result result = JSON.readValue(file.toFile(), Result.class);
      if (!result.fingerprint().equals(fingerprint)) {
        throw changed();
      }
      return result;
    } catch (IOException e) {
      throw new ConversionException(
          "cannot read " + file + ": remove " + folder + " to train again", e);
    }
  }

  private ConversionException changed() {
    return new ConversionException(
        folder
            + " was made with other options, data or source than this command's: use the same, or"
            + " another --work, or remove that folder");
  }

  /**
   * Refuses checkpoints made with other options, and records the fingerprint for the next run.
   *
   * @throws ConversionException if there are such checkpoints
   */
  void begin() {
    Path file = folder.resolve("fingerprint");
    try {
      Files.createDirectories(folder);
      if (Files.exists(file) && !Files.readString(file).equals(fingerprint)) {
        throw changed();
      }
      Files.writeString(file, fingerprint);
    } catch (IOException e) {
      throw new ConversionException("cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * Runs a phase, or reads its stored result.
   *
   * @param run trains the parameters with checkpoints in a folder
   */
  Result phase(String name, Parameters parameters, Function<Path, TrainingResult> run) {
    Result done = result(name);
    if (done != null) {
      ParameterFiles.read(weights(name), parameters);
      return done;
    }
    TrainingResult training = run.apply(folder.resolve(name));
    return write(name, parameters, training.seconds(), training);
  }

  /** The course of a finished phase; null if it was not kept. */
  @Nullable TrainingResult course(String name) {
    Result done = result(name);
    return done == null ? null : done.training();
  }

  /** Stores the finished training. */
  void write(Parameters parameters, double seconds) {
    write(WHOLE, parameters, seconds, null);
  }

  /** Reads a finished training's weights into parameters of the same names. */
  void read(Parameters into) {
    ParameterFiles.read(weights(WHOLE), into);
  }

  private Path weights(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private Result write(
      String name, Parameters parameters, double seconds, @Nullable TrainingResult training) {
    Result result = new Result(fingerprint, seconds, training);
    try {
      ParameterFiles.write(parameters, weights(name));
      FileReplacer.DURABLE.replace(folder.resolve(name + ".json"), JSON.writeValueAsBytes(result));
      return result;
    } catch (IOException | ModelException e) {
      throw new ConversionException(
          "cannot write to "
              + folder
              + " ("
              + e.getMessage()
              + "): make room, then run the same command again",
          e);
    }
  }
}
