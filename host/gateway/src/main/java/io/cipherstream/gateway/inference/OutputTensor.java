package io.cipherstream.gateway.inference;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cipherstream.gateway.door.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of an answer, row by row.
 *
 * @param datatype {@link #NUMBERS}, {@link #TEXTS} or {@link #INDICES}
 * @param shape rows, and for more than one value a row their number
 * @param values of type Float, String or Integer, as the datatype says
 */
record OutputTensor(String name, String datatype, List<Long> shape, List<?> values) {

  /** 32-bit floating-point numbers. */
  static final String NUMBERS = "FP32";

  /** UTF-8 texts. */
  static final String TEXTS = "BYTES";

  /** Whole numbers of 32 bits. */
  static final String INDICES = "INT32";

  OutputTensor {
    shape = List.copyOf(shape);
    values = List.copyOf(values);
  }

  /** Rows of numbers, each of {@code width} values. */
  static OutputTensor rows(String name, List<List<Double>> rows, int width) {
    List<Float> values = new ArrayList<>();
    rows.forEach(row -> row.forEach(value -> values.add(value.floatValue())));
    return new OutputTensor(name, NUMBERS, List.of((long) rows.size(), (long) width), values);
  }

  /** One number a row. */
  static OutputTensor numbers(String name, List<Double> numbers) {
    return new OutputTensor(
        name,
        NUMBERS,
        List.of((long) numbers.size()),
        numbers.stream().map(Double::floatValue).toList());
  }

  static OutputTensor texts(String name, List<String> texts) {
    return new OutputTensor(name, TEXTS, List.of((long) texts.size()), texts);
  }

  static OutputTensor indices(String name, List<Integer> indices) {
    return new OutputTensor(name, INDICES, List.of((long) indices.size()), indices);
  }

  /** As a JSON array. */
  ArrayNode json() {
    ArrayNode array = StrictJson.MAPPER.createArrayNode();
    for (Object value : values) {
      if (value instanceof Float number) {
        array.add(number);
      } else if (value instanceof Integer index) {
        array.add(index);
      } else {
        array.add((String) value);
      }
    }
    return array;
  }

  /** In the binary form: numbers little-endian, a text as the length of its bytes and its bytes. */
  byte[] raw() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer four = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Object value : values) {
      if (value instanceof Float number) {
        out.writeBytes(four.putFloat(0, number).array());
      } else if (value instanceof Integer index) {
        out.writeBytes(four.putInt(0, index).array());
      } else {
        byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
        out.writeBytes(four.putInt(0, bytes.length).array());
        out.writeBytes(bytes);
      }
    }
    return out.toByteArray();
  }
}
