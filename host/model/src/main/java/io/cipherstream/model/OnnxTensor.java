package io.cipherstream.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses ONNX's TensorProto; integer tensors (sizes of reshapes) become F64. */
final class OnnxTensor {

  private static final int FLOAT = 1;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int BFLOAT16 = 16;

  private OnnxTensor() {}

  /**
   * The tensor, or null when its type is none that weights or sizes have.
   *
   * @throws ModelException of kind UNSUPPORTED if the data lie in another file, SHAPE if their
   *     number does not fit the dimensions
   */
  static @Nullable TensorData parse(CodedInputStream in) throws IOException {
    List<Integer> dimensions = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    ByteBuffer raw = null;
    String name = "";
    int type = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int wire = WireFormat.getTagWireType(tag);
      switch (OnnxReader.field(tag)) {
        case 1 -> integers(in, wire, tag).forEach(v -> dimensions.add(size(v)));
        case 2 -> type = wire == WireFormat.WIRETYPE_VARINT ? in.readInt32() : skip(in, tag);
        case 4 -> reals(in, wire, tag, 4, values);
        case 5, 7 -> integers(in, wire, tag).forEach(v -> values.add((double) v));
        case 8 -> name = OnnxReader.isBytes(tag) ? in.readString() : name + skip(in, tag);
        case 9 -> {
          if (OnnxReader.isBytes(tag)) {
            raw = in.readByteBuffer();
          } else {
            in.skipField(tag);
          }
        }
        case 10 -> reals(in, wire, tag, 8, values);
        case 13 ->
            throw new ModelException(
                ModelException.Kind.UNSUPPORTED,
                "ONNX tensor '" + name + "' has its data in another file: export into one file");
        default -> in.skipField(tag);
      }
    }
    int[] shape = dimensions.stream().mapToInt(Integer::intValue).toArray();
    return data(name, type, shape, raw, values);
  }

  private static @Nullable TensorData data(
      String name, int type, int[] shape, @Nullable ByteBuffer raw, List<Double> values) {
    TensorType target =
        switch (type) {
          case FLOAT -> TensorType.F32;
          case FLOAT16 -> TensorType.F16;
          case BFLOAT16 -> TensorType.BF16;
          case DOUBLE, INT32, INT64 -> TensorType.F64;
          default -> null;
        };
    if (target == null) {
      return null;
    }
    long count = 1;
    for (int s : shape) {
      count = Math.min(count * s, Integer.MAX_VALUE);
    }
    int width = type == INT32 ? 4 : target.bytes();
    long came = raw != null ? raw.remaining() / width : values.size();
    if (came != count || (raw != null && raw.remaining() % width != 0)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "ONNX tensor '" + name + "' has " + came + " values: its dimensions say " + count);
    }
    if (raw != null && type != INT32 && type != INT64) {
      return new TensorData(name, target, shape, raw);
    }
    return new TensorData(name, target, shape, copy(type, target, raw, values, (int) count));
  }

  private static ByteBuffer copy(
      int type, TensorType target, @Nullable ByteBuffer raw, List<Double> values, int count) {
    ByteBuffer out = OnnxReader.littleEndian(count * target.bytes());
    ByteBuffer words = raw == null ? OnnxReader.littleEndian(0) : raw.slice().order(out.order());
    for (int i = 0; i < count; i++) {
      double v =
          raw == null ? values.get(i) : type == INT32 ? words.getInt() : (double) words.getLong();
      switch (target) {
        case F64 -> out.putDouble(v);
        case F32 -> out.putFloat((float) v);
        case F16, BF16 -> out.putShort((short) (int) v);
      }
    }
    return out.flip();
  }

  private static int size(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new ModelException(ModelException.Kind.MALFORMED, "ONNX tensor dimension " + value);
    }
    return (int) value;
  }

  private static int skip(CodedInputStream in, int tag) throws IOException {
    in.skipField(tag);
    return 0;
  }

  private static List<Long> integers(CodedInputStream in, int wire, int tag) throws IOException {
    List<Long> out = new ArrayList<>();
    if (wire == WireFormat.WIRETYPE_VARINT) {
      out.add(in.readInt64());
    } else if (OnnxReader.isBytes(tag)) {
      CodedInputStream packed = OnnxReader.nested(in);
      while (!packed.isAtEnd()) {
        out.add(packed.readInt64());
      }
    } else {
      in.skipField(tag);
    }
    return out;
  }

  private static void reals(CodedInputStream in, int wire, int tag, int bytes, List<Double> out)
      throws IOException {
    if (OnnxReader.isBytes(tag)) {
      CodedInputStream packed = OnnxReader.nested(in);
      while (!packed.isAtEnd()) {
        out.add(bytes == 4 ? packed.readFloat() : packed.readDouble());
      }
    } else if (bytes == 4 && wire == WireFormat.WIRETYPE_FIXED32) {
      out.add((double) in.readFloat());
    } else if (bytes == 8 && wire == WireFormat.WIRETYPE_FIXED64) {
      out.add(in.readDouble());
    } else {
      in.skipField(tag);
    }
  }
}
