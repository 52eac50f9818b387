package io.cipherstream.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A checked safetensors header: every tensor's offsets lie in the file, match type × shape, and no
 * two overlap.
 *
 * @param metadata the {@code __metadata__} strings
 * @param entries by tensor name, offsets from the start of the data section
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> entries) {

  /** Most tensors in a file. */
  static final int TENSORS_MAX = 16_384;

  /** Most dimensions of a tensor. */
  static final int DIMENSIONS_MAX = 8;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Type, shape and byte range [begin, end) of a tensor. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(String dtype, int[] shape, long begin, long end) {}

  /**
   * @param json the header's bytes
   * @param dataBytes length of the data section
   * @throws ModelException of kind MALFORMED, TRUNCATED or SHAPE
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw malformed("header is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw malformed("header is not UTF-8 JSON: " + e.getMessage());
    }
    if (root == null || !root.isObject() || root.size() > TENSORS_MAX) {
      throw malformed("header: expected a JSON object of at most " + TENSORS_MAX + " tensors");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.put(field.getKey(), entry(field.getKey(), field.getValue(), dataBytes));
      }
    }
    checkOverlap(entries);
    return new SafetensorsHeader(metadata, entries);
  }

  private static Entry entry(String name, JsonNode node, long dataBytes) {
    JsonNode offsets = node.path("data_offsets");
    JsonNode sizes = node.path("shape");
    if (!node.path("dtype").isTextual()
        || !sizes.isArray()
        || sizes.size() > DIMENSIONS_MAX
        || offsets.size() != 2
        || !offsets.path(0).isIntegralNumber()
        || !offsets.path(1).isIntegralNumber()
        || !offsets.path(0).canConvertToLong()
        || !offsets.path(1).canConvertToLong()) {
      throw malformed("tensor '" + name + "': expected dtype, shape and two data_offsets");
    }
    int[] shape = new int[sizes.size()];
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      if (!sizes.get(i).isIntegralNumber() || !sizes.get(i).canConvertToInt()) {
        throw malformed("tensor '" + name + "': size " + sizes.get(i) + " is no 32-bit integer");
      }
      shape[i] = sizes.get(i).intValue();
      if (shape[i] < 0) {
        throw malformed("tensor '" + name + "': negative size " + shape[i]);
      }
      count = Math.min(count * shape[i], Integer.MAX_VALUE + 1L);
    }
    long begin = offsets.get(0).longValue();
    long end = offsets.get(1).longValue();
    if (begin < 0 || end < begin) {
      throw malformed("tensor '" + name + "': data_offsets [" + begin + ", " + end + "]");
    }
    if (end > dataBytes) {
      throw new ModelException(
          ModelException.Kind.TRUNCATED,
          "tensor '" + name + "' ends at byte " + end + " of a data section of " + dataBytes);
    }
    String dtype = node.get("dtype").textValue();
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(dtype) && count * type.bytes() != end - begin) {
        throw new ModelException(
            ModelException.Kind.SHAPE,
            "tensor '"
                + name
                + "': "
                + (end - begin)
                + " bytes for "
                + count
                + " values of "
                + dtype);
      }
    }
    return new Entry(dtype, shape, begin, end);
  }

  private static void checkOverlap(Map<String, Entry> entries) {
    List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
    // an empty tensor comes before the one that starts where it stands
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long end = 0;
    for (Map.Entry<String, Entry> e : sorted) {
      if (e.getValue().begin() < end) {
        throw malformed("tensor '" + e.getKey() + "' overlaps the one before it");
      }
      end = e.getValue().end();
    }
  }

  static ModelException missing(String name, Set<String> names) {
    return new ModelException(
        ModelException.Kind.TENSOR_MISSING,
        "tensor '"
            + name
            + "' is missing among the file's "
            + names.size()
            + " tensors"
            + names.stream()
                .max(Comparator.comparingInt(other -> commonEnd(name, other)))
                .map(nearest -> "; the nearest there is '" + nearest + "'")
                .orElse(""));
  }

  private static int commonEnd(String a, String b) {
    int common = 0;
    while (common < Math.min(a.length(), b.length())
        && a.charAt(a.length() - 1 - common) == b.charAt(b.length() - 1 - common)) {
      common++;
    }
    return common;
  }

  static ModelException malformed(String message) {
    return new ModelException(ModelException.Kind.MALFORMED, "safetensors " + message);
  }
}
