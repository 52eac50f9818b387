package io.cipherstream.model;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes the few ONNX protobuf messages that tests need. */
final class OnnxFile {

  private static final int INT64 = 7;

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
    return node("", operator, List.of(), List.of(output), inputs);
  }

  static byte[] node(
      String domain,
      String operator,
      List<byte[]> attributes,
      List<String> outputs,
      String... inputs)
      throws IOException {
    return message(
        out -> {
          for (String input : inputs) {
            out.writeString(1, input);
          }
          for (String output : outputs) {
            out.writeString(2, output);
          }
          out.writeString(4, operator);
          for (byte[] attribute : attributes) {
            out.writeByteArray(5, attribute);
          }
          out.writeString(7, domain);
        });
  }

  static byte[] integer(String name, long value) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          out.writeInt64(3, value);
          out.writeInt32(20, 2);
        });
  }

  static byte[] real(String name, float value) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          out.writeFloat(2, value);
          out.writeInt32(20, 1);
        });
  }

  static byte[] integers(String name, long... values) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          for (long v : values) {
            out.writeInt64(8, v);
          }
          out.writeInt32(20, INT64);
        });
  }

  static byte[] text(String name, String value) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          out.writeString(4, value);
          out.writeInt32(20, 3);
        });
  }

  static byte[] constant(String name, double[] values, int... shape) throws IOException {
    byte[] raw = floats(values);
    return message(
        out -> {
          for (int size : shape) {
            out.writeInt64(1, size);
          }
          out.writeInt32(2, 1);
          out.writeString(8, name);
          out.writeByteArray(9, raw);
        });
  }

  static byte[] floats(double[] values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : values) {
      raw.putFloat((float) v);
    }
    return raw.array();
  }

  /** A tensor whose data lie in another file: location, offset, length as the entries say. */
  static byte[] outside(String name, List<String> entries, int... shape) throws IOException {
    return message(
        out -> {
          for (int size : shape) {
            out.writeInt64(1, size);
          }
          out.writeInt32(2, 1);
          out.writeString(8, name);
          for (int i = 0; i < entries.size(); i += 2) {
            String key = entries.get(i);
            String value = entries.get(i + 1);
            out.writeByteArray(
                13,
                message(
                    e -> {
                      e.writeString(1, key);
                      e.writeString(2, value);
                    }));
          }
          out.writeInt32(14, 1);
        });
  }

  static byte[] sizes(String name, long... values) throws IOException {
    return message(
        out -> {
          out.writeInt64(1, values.length);
          out.writeInt32(2, INT64);
          for (long v : values) {
            out.writeInt64(7, v);
          }
          out.writeString(8, name);
        });
  }

  static byte[] model(byte[][] nodes, byte[][] constants, String... outputs) throws IOException {
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
              for (String output : outputs) {
                out.writeByteArray(12, message(v -> v.writeString(1, output)));
              }
            });
    return message(
        out -> {
          out.writeInt64(1, 8);
          out.writeByteArray(7, graph);
          out.writeByteArray(8, message(o -> o.writeInt64(2, 17)));
        });
  }
}
