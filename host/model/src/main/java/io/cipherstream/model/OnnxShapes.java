package io.cipherstream.model;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Parses ONNX's ValueInfoProto: a name and, where it is stated, a tensor's sizes. */
final class OnnxShapes {

  /** Most dimensions that are looked at. */
  private static final int DIMENSIONS_MAX = 16;

  private OnnxShapes() {}

  static OnnxGraph.Input input(CodedInputStream in) throws IOException {
    String name = "";
    List<Long> sizes = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 1 && OnnxReader.isBytes(tag)) {
        name = in.readString();
      } else if (OnnxReader.field(tag) == 2 && OnnxReader.isBytes(tag)) {
        type(OnnxReader.nested(in), sizes);
      } else {
        in.skipField(tag);
      }
    }
    return new OnnxGraph.Input(name, List.copyOf(sizes));
  }

  /** TypeProto.tensor_type = 1, in it Tensor.shape = 2, in it TensorShapeProto.dim = 1. */
  private static void type(CodedInputStream in, List<Long> sizes) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 1 && OnnxReader.isBytes(tag)) {
        tensor(OnnxReader.nested(in), sizes);
      } else {
        in.skipField(tag);
      }
    }
  }

  private static void tensor(CodedInputStream in, List<Long> sizes) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 2 && OnnxReader.isBytes(tag)) {
        shape(OnnxReader.nested(in), sizes);
      } else {
        in.skipField(tag);
      }
    }
  }

  private static void shape(CodedInputStream in, List<Long> sizes) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 1 && OnnxReader.isBytes(tag) && sizes.size() < DIMENSIONS_MAX) {
        sizes.add(dimension(OnnxReader.nested(in)));
      } else {
        in.skipField(tag);
      }
    }
  }

  private static long dimension(CodedInputStream in) throws IOException {
    long size = -1;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (OnnxReader.field(tag) == 1 && OnnxReader.isVarint(tag)) {
        size = in.readInt64();
      } else {
        in.skipField(tag);
      }
    }
    return size;
  }
}
