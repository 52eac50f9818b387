package io.cipherstream.model;

import java.util.Set;

/** Named tensors of a model file. */
public interface TensorSource {

  /** All names. */
  Set<String> names();

  /**
   * Reads a tensor.
   *
   * @throws ModelException of kind TENSOR_MISSING if there is none of that name
   */
  TensorData read(String name);

  /** Whether there is a tensor of that name. */
  default boolean has(String name) {
    return names().contains(name);
  }
}
