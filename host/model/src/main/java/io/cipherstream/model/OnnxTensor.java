package io.cipherstream.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses ONNX's TensorProto; integers and truth values become F64. */
final class OnnxTensor {

  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int UINT16 = 4;
  private static final int INT16 = 5;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int BOOL = 9;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int UINT32 = 12;
  private static final int UINT64 = 13;
  private static final int BFLOAT16 = 16;

  private OnnxTensor() {}

  /**
   * What numbers of an ONNX data type are.
   *
   * @throws ModelException of kind UNSUPPORTED for a type that is none of numbers
   */
  static OnnxValue.Type valueType(int type) {
    return switch (type) {
      case FLOAT, FLOAT16, DOUBLE, BFLOAT16 -> OnnxValue.Type.REAL;
      case BOOL -> OnnxValue.Type.TRUTH;
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64 -> OnnxValue.Type.INTEGER;
      default ->
          throw new ModelException(
              ModelException.Kind.UNSUPPORTED, "ONNX data type " + type + ": expected numbers");
    };
  }

  /** Bytes of one value of an ONNX data type; 0 for those that are not read. */
  private static int bytes(int type) {
    return switch (type) {
      case BOOL -> 1;
      case FLOAT16, BFLOAT16 -> 2;
      case FLOAT, INT32 -> 4;
      case DOUBLE, INT64 -> 8;
      default -> 0;
    };
  }

  private static TensorType kept(int type) {
    return switch (type) {
      case FLOAT -> TensorType.F32;
      case FLOAT16 -> TensorType.F16;
      case BFLOAT16 -> TensorType.BF16;
      default -> TensorType.F64;
    };
  }

  /**
   * The tensor, or null when its type is none that weights or sizes have.
   *
   * @param external where data outside the file lie
   * @throws ModelException of kind SHAPE if the number of values does not fit the dimensions, and
   *     as {@link OnnxExternal#read}
   */
  static @Nullable OnnxConstant parse(CodedInputStream in, OnnxExternal external)
      throws IOException {
    List<Integer> dimensions = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    Map<String, String> outside = new HashMap<>();
    ByteBuffer raw = null;
    String name = "";
    int type = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int wire = WireFormat.getTagWireType(tag);
      switch (OnnxReader.field(tag)) {
        case 1 -> integers(in, wire, tag).forEach(v -> dimensions.add(size(v)));
        case 2 -> type = OnnxReader.isVarint(tag) ? in.readInt32() : skip(in, tag);
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
        case 13 -> {
          if (OnnxReader.isBytes(tag)) {
            entry(OnnxReader.nested(in), outside);
          } else {
            in.skipField(tag);
          }
        }
        default -> in.skipField(tag);
      }
    }
    if (bytes(type) == 0) {
      return null;
    }
    int[] shape = dimensions.stream().mapToInt(Integer::intValue).toArray();
    long count = count(shape);
    if (!outside.isEmpty()) {
      raw = external.read(name, outside, count * bytes(type));
    }
    return new OnnxConstant(data(name, type, shape, count, raw, values), valueType(type));
  }

  /** StringStringEntryProto: key = 1, value = 2. */
  private static void entry(CodedInputStream in, Map<String, String> to) throws IOException {
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 1 && OnnxReader.isBytes(tag)) {
        key = in.readString();
      } else if (OnnxReader.field(tag) == 2 && OnnxReader.isBytes(tag)) {
        value = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    to.put(key, value);
  }

  private static long count(int[] shape) {
    long count = 1;
    for (int s : shape) {
      count = Math.min(count * s, Integer.MAX_VALUE);
    }
    return count;
  }

  private static TensorData data(
      String name,
      int type,
      int[] shape,
      long count,
      @Nullable ByteBuffer raw,
      List<Double> values) {
    int width = bytes(type);
    long came = raw != null ? raw.remaining() / width : values.size();
    if (came != count || (raw != null && raw.remaining() % width != 0)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "ONNX tensor '" + name + "' has " + came + " values: its dimensions say " + count);
    }
    TensorType target = kept(type);
    if (raw != null && width == target.bytes() && type != INT64) {
      return new TensorData(name, target, shape, raw);
    }
    return new TensorData(name, target, shape, copy(type, target, raw, values, (int) count));
  }

  private static ByteBuffer copy(
      int type, TensorType target, @Nullable ByteBuffer raw, List<Double> values, int count) {
    ByteBuffer out = OnnxReader.littleEndian(count * target.bytes());
    ByteBuffer words = raw == null ? OnnxReader.littleEndian(0) : raw.slice().order(out.order());
    for (int i = 0; i < count; i++) {
      double v = raw == null ? values.get(i) : word(type, words);
      switch (target) {
        case F64 -> out.putDouble(v);
        case F32 -> out.putFloat((float) v);
        default -> out.putShort((short) (int) v);
      }
    }
    return out.flip();
  }

  private static double word(int type, ByteBuffer words) {
    return switch (type) {
      case BOOL -> words.get() == 0 ? 0 : 1;
      case INT32 -> words.getInt();
      default -> (double) words.getLong();
    };
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

  static List<Long> integers(CodedInputStream in, int wire, int tag) throws IOException {
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

  static void reals(CodedInputStream in, int wire, int tag, int bytes, List<Double> out)
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
