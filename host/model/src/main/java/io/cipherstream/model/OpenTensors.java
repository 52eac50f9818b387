package io.cipherstream.model;

/** Named tensors of open files. */
public interface OpenTensors extends TensorSource, AutoCloseable {

  @Override
  void close();
}
