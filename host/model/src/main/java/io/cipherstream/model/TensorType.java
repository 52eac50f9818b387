package io.cipherstream.model;

/** Number formats of stored weights, by their safetensors names. */
enum TensorType {
  F16(2),
  BF16(2),
  F32(4),
  F64(8);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }
}
