package io.cipherstream.model;

import java.util.Set;

/** Named tensors of a model file. */
interface TensorSource {

  /** All names. */
  Set<String> names();

  /**
   * Reads a tensor.
   *
   * @throws ModelException of kind TENSOR_MISSING if there is none of that name
   */
  TensorData read(String name);

  default boolean has(String name) {
    return names().contains(name);
  }

  static ModelException missing(String name, Set<String> names) {
    return new ModelException(
        ModelException.Kind.TENSOR_MISSING,
        "tensor '" + name + "' is missing among the file's " + names.size() + " tensors");
  }
}
