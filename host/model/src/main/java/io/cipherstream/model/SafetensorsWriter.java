package io.cipherstream.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * Writes safetensors files: every tensor in the narrowest of F16, F32, F64 that keeps all its
 * values, wide types first, then by name; the same tensors give the same bytes.
 */
final class SafetensorsWriter {

  private record Entry(String name, int[] shape, TensorType type, IntToDoubleFunction values) {
    int length() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new TreeMap<>();

  SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor whose value at a row-major index is {@code values}. */
  SafetensorsWriter add(String name, IntToDoubleFunction values, int... shape) {
    int length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    TensorType type = TensorType.F16;
    for (int i = 0; i < length && type != TensorType.F64; i++) {
      double v = values.applyAsDouble(i);
      if ((float) v != v) {
        type = TensorType.F64;
      } else if (type == TensorType.F16 && !HalfFloat.isExact((float) v)) {
        type = TensorType.F32;
      }
    }
    entries.add(new Entry(name, shape.clone(), type, values));
    return this;
  }

  SafetensorsWriter add(String name, float[] values, int... shape) {
    return add(name, i -> values[i], shape);
  }

  SafetensorsWriter add(String name, FloatTable table) {
    return add(name, table::value, table.rows(), table.columns());
  }

  SafetensorsWriter add(String name, DenseLayer layer) {
    add(name + ".weight", layer.weight(), layer.outputs(), layer.inputs());
    return add(name + ".bias", layer.bias(), layer.outputs());
  }

  SafetensorsWriter add(String name, NormLayer norm) {
    add(name + ".weight", norm.gamma(), norm.width());
    return add(name + ".bias", norm.beta(), norm.width());
  }

  /**
   * @throws ModelException of kind IO
   */
  void write(Path file) {
    entries.sort(Comparator.comparing((Entry e) -> -e.type().bytes()).thenComparing(Entry::name));
    byte[] header = header();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(words(8).putLong(header.length).array());
      out.write(header);
      for (Entry entry : entries) {
        write(entry, out);
      }
    } catch (IOException e) {
      throw ModelFiles.io("cannot write " + file, e);
    }
  }

  private byte[] header() {
    JsonMapper json = new JsonMapper();
    ObjectNode root = json.createObjectNode();
    ObjectNode about = root.putObject("__metadata__");
    metadata.forEach(about::put);
    long offset = 0;
    for (Entry entry : entries) {
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.type().name());
      Arrays.stream(entry.shape()).forEach(node.putArray("shape")::add);
      long end = offset + (long) entry.length() * entry.type().bytes();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    try {
      StringBuilder text = new StringBuilder(json.writeValueAsString(root));
      while (text.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
        text.append(' ');
      }
      return text.toString().getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw ModelFiles.io("cannot write a safetensors header", e);
    }
  }

  private static void write(Entry entry, OutputStream out) throws IOException {
    int perChunk = 8192;
    ByteBuffer chunk = words(perChunk * entry.type().bytes());
    int length = entry.length();
    for (int at = 0; at < length; at += perChunk) {
      chunk.clear();
      for (int i = at; i < Math.min(length, at + perChunk); i++) {
        double v = entry.values().applyAsDouble(i);
        switch (entry.type()) {
          case F16, BF16 -> chunk.putShort(HalfFloat.fromExact((float) v));
          case F32 -> chunk.putFloat((float) v);
          case F64 -> chunk.putDouble(v);
        }
      }
      out.write(chunk.array(), 0, chunk.position());
    }
  }

  private static ByteBuffer words(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
