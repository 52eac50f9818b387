package io.cipherstream.model;

/** Number formats of stored tensors, by their safetensors names; little-endian words. */
public enum TensorType {
  F16(2),
  BF16(2),
  F32(4),
  F64(8),
  /** Two's complement; counters and such, never weights. */
  I64(8);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value. */
  public int bytes() {
    return bytes;
  }
}
