package io.cipherstream.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * Writes safetensors files, wide types first, then by name; the same tensors give the same bytes.
 * {@code add} takes the narrowest of F16, F32, F64 that keeps all values; {@code addFloats}, {@code
 * addDoubles} and {@code addLongs} keep the type, as a trainer's state needs it. Arrays are not
 * copied: they must not change before {@link #write}. Not thread-safe.
 */
public final class SafetensorsWriter {

  /** Puts the value at a row-major index as a word. */
  private interface Words {
    void put(ByteBuffer chunk, int index);
  }

  private record Entry(String name, int[] shape, TensorType type, Words words) {
    int length() {
      return count(shape);
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** Adds a string to the file's {@code __metadata__}; a key's last value counts. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor whose value at a row-major index is {@code values}, in the narrowest type. */
  SafetensorsWriter add(String name, IntToDoubleFunction values, int... shape) {
    int length = count(shape);
    TensorType type = TensorType.F16;
    for (int i = 0; i < length && type != TensorType.F64; i++) {
      double v = values.applyAsDouble(i);
      if ((float) v != v) {
        type = TensorType.F64;
      } else if (type == TensorType.F16 && !HalfFloat.isExact((float) v)) {
        type = TensorType.F32;
      }
    }
    Words words =
        switch (type) {
          case F32 -> (chunk, i) -> chunk.putFloat((float) values.applyAsDouble(i));
          case F64 -> (chunk, i) -> chunk.putDouble(values.applyAsDouble(i));
          default ->
              (chunk, i) -> chunk.putShort(HalfFloat.fromExact((float) values.applyAsDouble(i)));
        };
    return add(new Entry(name, shape.clone(), type, words));
  }

  /**
   * Adds finite values, row-major, in the narrowest type that keeps them.
   *
   * @throws ModelException of kind SHAPE if the shape has another number of values, MALFORMED if
   *     there is a tensor of that name
   */
  public SafetensorsWriter add(String name, float[] values, int... shape) {
    check(name, values.length, shape);
    return add(name, i -> values[i], shape);
  }

  /** Adds values as F32, row-major; errors as {@link #add(String, float[], int...)}. */
  public SafetensorsWriter addFloats(String name, float[] values, int... shape) {
    check(name, values.length, shape);
    return add(new Entry(name, shape.clone(), TensorType.F32, (c, i) -> c.putFloat(values[i])));
  }

  /** Adds values as F64, row-major; errors as {@link #add(String, float[], int...)}. */
  public SafetensorsWriter addDoubles(String name, double[] values, int... shape) {
    check(name, values.length, shape);
    return add(new Entry(name, shape.clone(), TensorType.F64, (c, i) -> c.putDouble(values[i])));
  }

  /** Adds values as I64, row-major; errors as {@link #add(String, float[], int...)}. */
  public SafetensorsWriter addLongs(String name, long[] values, int... shape) {
    check(name, values.length, shape);
    return add(new Entry(name, shape.clone(), TensorType.I64, (c, i) -> c.putLong(values[i])));
  }

  SafetensorsWriter add(String name, FloatTable table) {
    return add(name, table::value, table.rows(), table.columns());
  }

  /** Adds W and b as {@code name.weight} and {@code name.bias}, in the narrowest types. */
  public SafetensorsWriter add(String name, DenseLayer layer) {
    add(name + ".weight", layer.weight(), layer.outputs(), layer.inputs());
    return add(name + ".bias", layer.bias(), layer.outputs());
  }

  /** Adds γ and β as {@code name.weight} and {@code name.bias}, in the narrowest types. */
  public SafetensorsWriter add(String name, NormLayer norm) {
    add(name + ".weight", norm.gamma(), norm.width());
    return add(name + ".bias", norm.beta(), norm.width());
  }

  private SafetensorsWriter add(Entry entry) {
    if (entries.stream().anyMatch(e -> e.name().equals(entry.name()))) {
      throw SafetensorsHeader.malformed("tensor '" + entry.name() + "' was added before");
    }
    entries.add(entry);
    return this;
  }

  private static void check(String name, int values, int[] shape) {
    if (count(shape) != values) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "tensor '" + name + "' of " + values + " values with shape " + Arrays.toString(shape));
    }
  }

  private static int count(int[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /**
   * Writes the file beside its place, forces it to the disk and renames it: readers see the old
   * file or the new one, whole, and after an error the old one is still there.
   *
   * @throws ModelException of kind IO; a full disk is named
   */
  public void write(Path file) {
    entries.sort(Comparator.comparing((Entry e) -> -e.type().bytes()).thenComparing(Entry::name));
    byte[] header = header();
    ModelFiles.replace(
        file,
        out -> {
          out.write(words(8).putLong(header.length).array());
          out.write(header);
          for (Entry entry : entries) {
            write(entry, out);
          }
        });
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
        entry.words().put(chunk, i);
      }
      out.write(chunk.array(), chunk.arrayOffset(), chunk.position());
    }
  }

  private static ByteBuffer words(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
