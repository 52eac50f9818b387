package io.cipherstream.model;

import java.nio.file.Path;

/** Reads models from the formats people have. */
public final class ModelImporter {

  private ModelImporter() {}

  /**
   * Reads a safetensors file with Hugging Face BERT names and metadata.
   *
   * @throws ModelException if the file cannot be read, or is not a model this program computes
   */
  public static ImportedModel importFrom(Path file) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return ImportedModel.assemble(tensors, BertConfiguration.fromMetadata(tensors.metadata()));
    }
  }
}
