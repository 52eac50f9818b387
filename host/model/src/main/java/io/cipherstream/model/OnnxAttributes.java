package io.cipherstream.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node's attributes by name, apart by kind.
 *
 * @param tensors tensors
 * @param numbers single integers and floats
 * @param lists lists of integers or floats
 * @param texts strings
 */
public record OnnxAttributes(
    Map<String, OnnxConstant> tensors,
    Map<String, Double> numbers,
    Map<String, List<Double>> lists,
    Map<String, String> texts) {

  /** None yet. */
  static OnnxAttributes empty() {
    return new OnnxAttributes(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  /** Notes what an attribute holds; null or an empty list for what it does not. */
  void put(
      String name,
      @Nullable OnnxConstant tensor,
      @Nullable Double number,
      List<Double> list,
      @Nullable String text) {
    if (tensor != null) {
      tensors.put(name, tensor);
    }
    if (number != null) {
      numbers.put(name, number);
    }
    if (!list.isEmpty()) {
      lists.put(name, list);
    }
    if (text != null) {
      texts.put(name, text);
    }
  }

  public double number(String name, double otherwise) {
    return numbers.getOrDefault(name, otherwise);
  }

  public int integer(String name, int otherwise) {
    return (int) number(name, otherwise);
  }

  /** A list of integers, or null where the attribute is absent. */
  public int @Nullable [] integers(String name) {
    List<Double> list = lists.get(name);
    return list == null ? null : list.stream().mapToInt(Double::intValue).toArray();
  }

  public String text(String name, String otherwise) {
    return texts.getOrDefault(name, otherwise);
  }
}
