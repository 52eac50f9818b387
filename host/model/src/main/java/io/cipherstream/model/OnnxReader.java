package io.cipherstream.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the part of an ONNX model (protobuf, onnx.proto3) that weights are found by: nodes,
 * attributes, initialisers. Fields are walked by number, everything else is skipped.
 */
final class OnnxReader {

  /** Largest model file in bytes. */
  static final long FILE_BYTES_MAX = 1L << 30;

  private static final int MODEL_GRAPH = 7;

  private OnnxReader() {}

  /**
   * @throws ModelException of kind NOT_FOUND, TRUNCATED, MALFORMED, SHAPE, UNSUPPORTED or IO
   */
  static OnnxGraph read(Path path) {
    try {
      long size = Files.size(path);
      if (size > FILE_BYTES_MAX) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "ONNX file of " + size + " bytes: expected at most " + FILE_BYTES_MAX);
      }
      return parse(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + path, e);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.IO, "cannot read " + path + ": " + e, e);
    }
  }

  /**
   * @throws ModelException of kind TRUNCATED, MALFORMED, SHAPE or UNSUPPORTED
   */
  static OnnxGraph parse(byte[] bytes) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    in.enableAliasing(true);
    try {
      OnnxGraph graph = null;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (field(tag) == MODEL_GRAPH && isBytes(tag)) {
          graph = graph(nested(in));
        } else {
          in.skipField(tag);
        }
      }
      if (graph == null) {
        throw new ModelException(ModelException.Kind.MALFORMED, "ONNX file has no graph");
      }
      return graph;
    } catch (InvalidProtocolBufferException e) {
      boolean cut = String.valueOf(e.getMessage()).contains("input ended unexpectedly");
      throw new ModelException(
          cut ? ModelException.Kind.TRUNCATED : ModelException.Kind.MALFORMED,
          "not a whole ONNX (protobuf) file: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.MALFORMED, "not an ONNX file: " + e, e);
    }
  }

  private static OnnxGraph graph(CodedInputStream in) throws IOException {
    List<OnnxGraph.Node> nodes = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    Map<String, TensorData> initializers = new HashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (isBytes(tag) ? field(tag) : -1) {
        case 1 -> nodes.add(node(nested(in)));
        case 5 -> {
          TensorData tensor = OnnxTensor.parse(nested(in));
          if (tensor != null) {
            initializers.put(tensor.name(), tensor);
          }
        }
        case 11 -> inputs.add(firstString(nested(in)));
        default -> in.skipField(tag);
      }
    }
    return new OnnxGraph(nodes, inputs, initializers);
  }

  private static OnnxGraph.Node node(CodedInputStream in) throws IOException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, TensorData> constants = new HashMap<>();
    Map<String, Double> numbers = new HashMap<>();
    String name = "";
    String operator = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (isBytes(tag) ? field(tag) : -1) {
        case 1 -> inputs.add(in.readString());
        case 2 -> outputs.add(in.readString());
        case 3 -> name = in.readString();
        case 4 -> operator = in.readString();
        case 5 -> attribute(nested(in), constants, numbers);
        default -> in.skipField(tag);
      }
    }
    return new OnnxGraph.Node(operator, name, inputs, outputs, constants, numbers);
  }

  private static void attribute(
      CodedInputStream in, Map<String, TensorData> constants, Map<String, Double> numbers)
      throws IOException {
    String name = "";
    TensorData tensor = null;
    Double number = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = field(tag);
      if (field == 1 && isBytes(tag)) {
        name = in.readString();
      } else if (field == 2 && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_FIXED32) {
        number = (double) in.readFloat();
      } else if (field == 3 && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
        number = (double) in.readInt64();
      } else if (field == 5 && isBytes(tag)) {
        tensor = OnnxTensor.parse(nested(in));
      } else {
        in.skipField(tag);
      }
    }
    if (tensor != null) {
      constants.put(name, tensor);
    }
    if (number != null) {
      numbers.put(name, number);
    }
  }

  private static String firstString(CodedInputStream in) throws IOException {
    String name = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (field(tag) == 1 && isBytes(tag)) {
        name = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    return name;
  }

  static int field(int tag) {
    return WireFormat.getTagFieldNumber(tag);
  }

  static boolean isBytes(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** A stream over a length-delimited field, sharing its bytes. */
  static CodedInputStream nested(CodedInputStream in) throws IOException {
    ByteBuffer slice = in.readByteBuffer();
    CodedInputStream nested = CodedInputStream.newInstance(slice);
    nested.enableAliasing(true);
    return nested;
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
