package io.cipherstream.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a folder's safetensors weights, or says what to do with the weights that are there. */
final class WeightsFile {

  private static final String NAME = "model.safetensors";

  private static final String SAVE_AGAIN =
      ": expected model.safetensors or its shards with their index; save it again with"
          + " save_pretrained(…, safe_serialization=True)";

  private WeightsFile() {}

  /** Whether the folder has weights as safetensors. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(NAME)) || Files.exists(folder.resolve(ShardedTensors.INDEX));
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if the weights are in another form, NOT_FOUND if
   *     there are none
   */
  static Path in(Path folder) {
    if (Files.exists(folder.resolve("adapter_config.json"))
        || Files.exists(folder.resolve("adapter_model.safetensors"))) {
      throw refused(
          folder,
          "an adapter (LoRA) beside or instead of a model: merge it first, with"
              + " merge_and_unload() and save_pretrained(…)");
    }
    Path file = folder.resolve(NAME);
    if (Files.exists(file)) {
      return file;
    }
    Path index = folder.resolve(ShardedTensors.INDEX);
    if (Files.exists(index)) {
      return index;
    }
    if (Files.exists(folder.resolve("pytorch_model.bin"))) {
      throw refused(folder, "its weights as pytorch_model.bin" + SAVE_AGAIN);
    }
    if (Files.exists(folder.resolve("tf_model.h5"))) {
      throw refused(folder, "its weights as tf_model.h5: load it with from_tf=True" + SAVE_AGAIN);
    }
    if (Files.exists(folder.resolve("flax_model.msgpack"))) {
      throw refused(
          folder, "its weights as flax_model.msgpack: load it with from_flax=True" + SAVE_AGAIN);
    }
    for (String onnx : new String[] {"model.onnx", "onnx/model.onnx"}) {
      if (Files.exists(folder.resolve(onnx))) {
        throw refused(folder, "its weights as " + onnx + " alone: import that file");
      }
    }
    throw new ModelException(
        ModelException.Kind.NOT_FOUND, "no file " + file + ": expected a Hugging Face folder");
  }

  /**
   * Opens what {@link #in} found, a file or the index of several.
   *
   * @throws ModelException as {@link SafetensorsFile#open} and {@link ShardedTensors#open}
   */
  static OpenTensors open(Path file) {
    return isIndex(file) ? ShardedTensors.open(file) : SafetensorsFile.open(file);
  }

  /** SHA-256 of the file, for an index of the list that sha256sum prints of it and its shards. */
  static String sha256(Path file) {
    return isIndex(file) ? ShardedTensors.sha256(file) : ModelFiles.digest(file).sha256();
  }

  private static boolean isIndex(Path file) {
    return file.endsWith(ShardedTensors.INDEX);
  }

  private static ModelException refused(Path folder, String what) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED, folder.getFileName() + " holds " + what);
  }
}
