package io.cipherstream.model;

import java.nio.ByteBuffer;

/** Turns [in, out] matrices of ONNX's MatMul into [out, in]. */
final class OnnxTranspose {

  private OnnxTranspose() {}

  static TensorData apply(TensorData matrix) {
    int rows = matrix.shape()[0];
    int columns = matrix.shape()[1];
    int word = matrix.type().bytes();
    ByteBuffer in = matrix.bytes();
    ByteBuffer out = OnnxReader.littleEndian(in.limit());
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < rows; r++) {
        int at = (r * columns + c) * word;
        switch (word) {
          case 2 -> out.putShort(in.getShort(at));
          case 4 -> out.putInt(in.getInt(at));
          default -> out.putLong(in.getLong(at));
        }
      }
    }
    return new TensorData(
        matrix.name() + " (transposed)", matrix.type(), new int[] {columns, rows}, out.flip());
  }
}
