package io.cipherstream.model;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes the few ONNX protobuf messages that tests need. */
final class OnnxFile {

  private OnnxFile() {}

  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  static byte[] node(String operator, String output, String... inputs) throws IOException {
    return message(
        out -> {
          for (String input : inputs) {
            out.writeString(1, input);
          }
          out.writeString(2, output);
          out.writeString(4, operator);
        });
  }

  static byte[] constant(String name, double[] values, int... shape) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : values) {
      raw.putFloat((float) v);
    }
    return message(
        out -> {
          for (int size : shape) {
            out.writeInt64(1, size);
          }
          out.writeInt32(2, 1);
          out.writeString(8, name);
          out.writeByteArray(9, raw.array());
        });
  }

  static byte[] sizes(String name, long... values) throws IOException {
    return message(
        out -> {
          out.writeInt64(1, values.length);
          out.writeInt32(2, 7);
          for (long v : values) {
            out.writeInt64(7, v);
          }
          out.writeString(8, name);
        });
  }

  static byte[] model(byte[][] nodes, byte[][] constants) throws IOException {
    byte[] graph =
        message(
            out -> {
              for (byte[] node : nodes) {
                out.writeByteArray(1, node);
              }
              for (byte[] constant : constants) {
                out.writeByteArray(5, constant);
              }
              for (String input : new String[] {"input_ids", "attention_mask", "token_type_ids"}) {
                out.writeByteArray(11, message(v -> v.writeString(1, input)));
              }
            });
    return message(
        out -> {
          out.writeInt64(1, 7);
          out.writeByteArray(7, graph);
        });
  }
}
