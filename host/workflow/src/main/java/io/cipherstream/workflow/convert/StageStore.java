package io.cipherstream.workflow.convert;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cipherstream.files.FileReplacer;
import io.cipherstream.files.FileTrees;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.SafetensorsWriter;
import io.cipherstream.workflow.train.ParameterFiles;
import io.cipherstream.workflow.train.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one stage: checkpoints, then {@code weights.safetensors} and {@code stage.json}. A
 * stage is finished when {@code stage.json} exists, which is written last.
 */
final class StageStore {

  private static final String KEY = "key";
  private static final String RESULT = "stage.json";
  private static final String MEASURED = "measured.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final JsonMapper JSON = JsonMapper.builder().findAndAddModules().build();

  private final Path folder;
  private final StageName stage;

  StageStore(Path work, StageName stage) {
    this.stage = stage;
    this.folder = work.resolve((stage.ordinal() + 1) + "-" + stage.text());
  }

  Path folder() {
    return folder;
  }

  /**
   * The finished stage's result, or null.
   *
   * @param fingerprint of everything the stage depends on
   * @throws ConversionException if it was made with other settings, or cannot be read
   */
  @Nullable StageResult result(String fingerprint) {
    Path file = folder.resolve(RESULT);
    if (!Files.exists(file)) {
      return null;
    }
    StageResult result;
    try {
      result = JSON.readValue(file.toFile(), StageResult.class);
    } catch (IOException e) {
      throw new ConversionException(
          "cannot read " + file + ": remove " + folder + " to do the stage again", e);
    }
    if (!result.fingerprint().equals(fingerprint)) {
      throw changed();
    }
    return result;
  }

  /**
   * Refuses checkpoints made with other options, and records the fingerprint for the next run.
   *
   * @throws ConversionException if there are such checkpoints
   */
  void begin(String fingerprint) {
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

  private ConversionException changed() {
    return new ConversionException(
        "stage "
            + stage.text()
            + " in "
            + folder
            + " was made with other options, data or source than this command's: use the same, or"
            + " another --work, or --redo "
            + stage.text()
            + " to repeat it and what follows");
  }

  /** Writes weights, then the result. */
  void write(Parameters parameters, StageResult result) {
    try {
      ParameterFiles.write(parameters, folder.resolve(WEIGHTS));
      FileReplacer.DURABLE.replace(
          folder.resolve(RESULT), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(result));
    } catch (IOException | ModelException e) {
      throw new ConversionException(
          "cannot write the result of stage "
              + stage.text()
              + " to "
              + folder
              + " ("
              + e.getMessage()
              + "): make room, then run the same command again",
          e);
    }
  }

  /** Reads a finished stage's weights into parameters of the same names. */
  void read(Parameters into) {
    ParameterFiles.read(folder.resolve(WEIGHTS), into);
  }

  /**
   * Measurements on a finished stage's model.
   *
   * @param key digest of everything they depend on
   * @param answers on the development set
   * @param ranges calibrated, or null if values exceeded float64
   * @param referenceError see {@link StageVariant#referenceError}
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Measured(String key, double[][] answers, @Nullable Ranges ranges, double referenceError) {}

  /** Measurements of an earlier run, or null if they are of something else. */
  @Nullable Measured measured(String key) {
    Path file = folder.resolve(MEASURED);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      Measured measured = JSON.readValue(file.toFile(), Measured.class);
      return measured.key().equals(key) ? measured : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Stores the measurements for later runs. */
  void write(Measured measured) {
    try {
      FileReplacer.DURABLE.replace(folder.resolve(MEASURED), JSON.writeValueAsBytes(measured));
    } catch (IOException e) {
      throw new ConversionException(
          "cannot write what was measured of stage "
              + stage.text()
              + " to "
              + folder
              + " ("
              + e.getMessage()
              + "): make room, then run the same command again",
          e);
    }
  }

  /**
   * A stored table computed from the stage's result, or null.
   *
   * @param key digest of everything it depends on
   */
  @Nullable FloatTable derived(String name, String key) {
    Path file = derivedFile(name);
    if (!Files.exists(file)) {
      return null;
    }
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      return key.equals(in.metadata().get(KEY)) ? in.read(name).table() : null;
    } catch (ModelException e) {
      return null;
    }
  }

  /** Stores such a table for later runs, replacing an older one. */
  void derive(String name, String key, FloatTable table) {
    try {
      new SafetensorsWriter()
          .metadata(KEY, key)
          .add(name, table.toArray(), table.rows(), table.columns())
          .write(derivedFile(name));
    } catch (ModelException e) {
      throw new ConversionException(
          "cannot write to "
              + folder
              + " ("
              + e.getMessage()
              + "): make room, then run the same command again",
          e);
    }
  }

  private Path derivedFile(String name) {
    return folder.resolve(name + ".safetensors");
  }

  /** Removes the contents of the folder. */
  void clear() {
    try {
      FileTrees.delete(folder);
    } catch (IOException e) {
      throw new ConversionException("cannot remove " + folder + ": " + e.getMessage(), e);
    }
  }
}
