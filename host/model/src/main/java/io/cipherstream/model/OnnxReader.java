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
public final class OnnxReader {

  /** Largest model file in bytes. */
  static final long FILE_BYTES_MAX = 1L << 30;

  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPERATOR_SET = 8;

  /** Operator set of files that name none. */
  private static final int OPERATOR_SET_DEFAULT = 1;

  private OnnxReader() {}

  /**
   * @throws ModelException of kind NOT_FOUND, TRUNCATED, MALFORMED, SHAPE, UNSUPPORTED or IO
   */
  public static OnnxGraph read(Path path) {
    try {
      long size = Files.size(path);
      if (size > FILE_BYTES_MAX) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "ONNX file of " + size + " bytes: expected at most " + FILE_BYTES_MAX);
      }
      return parse(Files.readAllBytes(path), OnnxExternal.beside(path));
    } catch (NoSuchFileException e) {
      throw new ModelException(ModelException.Kind.NOT_FOUND, "no file " + path, e);
    } catch (IOException e) {
      throw new ModelException(ModelException.Kind.IO, "cannot read " + path + ": " + e, e);
    }
  }

  /**
   * @param external where data outside the file lie
   * @throws ModelException of kind TRUNCATED, MALFORMED, SHAPE, UNSUPPORTED or NOT_FOUND
   */
  static OnnxGraph parse(byte[] bytes, OnnxExternal external) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    in.enableAliasing(true);
    try {
      ByteBuffer graph = null;
      int operatorSet = OPERATOR_SET_DEFAULT;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (isBytes(tag) ? field(tag) : -1) {
          case MODEL_GRAPH -> graph = in.readByteBuffer();
          case MODEL_OPERATOR_SET -> operatorSet = operatorSet(nested(in), operatorSet);
          default -> in.skipField(tag);
        }
      }
      if (graph == null) {
        throw new ModelException(ModelException.Kind.MALFORMED, "ONNX file has no graph");
      }
      CodedInputStream nested = CodedInputStream.newInstance(graph);
      nested.enableAliasing(true);
      return graph(nested, operatorSet, external);
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

  /** The version of ONNX's own operators, if the entry is theirs. */
  private static int operatorSet(CodedInputStream in, int before) throws IOException {
    String domain = "";
    int version = before;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (field(tag) == 1 && isBytes(tag)) {
        domain = in.readString();
      } else if (field(tag) == 2 && isVarint(tag)) {
        version = (int) Math.max(0, Math.min(in.readInt64(), Integer.MAX_VALUE));
      } else {
        in.skipField(tag);
      }
    }
    return domain.isEmpty() || domain.equals("ai.onnx") ? version : before;
  }

  private static OnnxGraph graph(CodedInputStream in, int operatorSet, OnnxExternal external)
      throws IOException {
    List<OnnxGraph.Node> nodes = new ArrayList<>();
    List<OnnxGraph.Input> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxConstant> initializers = new HashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (isBytes(tag) ? field(tag) : -1) {
        case 1 -> nodes.add(node(nested(in), external));
        case 5 -> {
          OnnxConstant tensor = OnnxTensor.parse(nested(in), external);
          if (tensor != null) {
            initializers.put(tensor.data().name(), tensor);
          }
        }
        case 11 -> inputs.add(OnnxShapes.input(nested(in)));
        case 12 -> outputs.add(OnnxShapes.input(nested(in)).name());
        default -> in.skipField(tag);
      }
    }
    return new OnnxGraph(operatorSet, nodes, inputs, outputs, initializers);
  }

  private static OnnxGraph.Node node(CodedInputStream in, OnnxExternal external)
      throws IOException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    OnnxAttributes attributes = OnnxAttributes.empty();
    String name = "";
    String operator = "";
    String domain = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (isBytes(tag) ? field(tag) : -1) {
        case 1 -> inputs.add(in.readString());
        case 2 -> outputs.add(in.readString());
        case 3 -> name = in.readString();
        case 4 -> operator = in.readString();
        case 5 -> attribute(nested(in), external, attributes);
        case 7 -> domain = in.readString();
        default -> in.skipField(tag);
      }
    }
    return new OnnxGraph.Node(domain, operator, name, inputs, outputs, attributes);
  }

  private static void attribute(CodedInputStream in, OnnxExternal external, OnnxAttributes to)
      throws IOException {
    String name = "";
    OnnxConstant tensor = null;
    Double number = null;
    String text = null;
    List<Double> list = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = field(tag);
      int wire = WireFormat.getTagWireType(tag);
      if (field == 1 && isBytes(tag)) {
        name = in.readString();
      } else if (field == 2 && wire == WireFormat.WIRETYPE_FIXED32) {
        number = (double) in.readFloat();
      } else if (field == 3 && isVarint(tag)) {
        number = (double) in.readInt64();
      } else if (field == 4 && isBytes(tag)) {
        text = in.readString();
      } else if (field == 5 && isBytes(tag)) {
        tensor = OnnxTensor.parse(nested(in), external);
      } else if (field == 7) {
        OnnxTensor.reals(in, wire, tag, 4, list);
      } else if (field == 8) {
        OnnxTensor.integers(in, wire, tag).forEach(v -> list.add((double) v));
      } else {
        in.skipField(tag);
      }
    }
    to.put(name, tensor, number, list, text);
  }

  static int field(int tag) {
    return WireFormat.getTagFieldNumber(tag);
  }

  static boolean isBytes(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  static boolean isVarint(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
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
