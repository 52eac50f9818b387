package io.cipherstream.workflow.convert;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sizes of a student.
 *
 * @param layers encoder layers
 * @param hidden features of a token
 * @param heads attention heads
 * @param intermediate features between the feed-forward matrices
 */
public record StudentSize(int layers, int hidden, int heads, int intermediate) {

  private static final int HEAD_WIDTH = 64;

  /**
   * @throws ConversionException if a size is below 1 or heads does not divide hidden
   */
  public StudentSize {
    if (layers < 1 || hidden < 1 || heads < 1 || intermediate < 1 || hidden % heads != 0) {
      throw new ConversionException(
          "a student of "
              + layers
              + " layers, "
              + hidden
              + " wide, with "
              + heads
              + " heads: expected sizes of at least 1 and heads that divide the width");
    }
  }

  /**
   * From {@code layers=2,hidden=128}; {@code heads} defaults to hidden / 64 and {@code
   * intermediate} to 4 · hidden.
   *
   * @throws ConversionException if the text is anything else
   */
  public static StudentSize parse(String text) {
    Map<String, Integer> values = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      if (equals < 0 || !Arrays.asList("layers", "hidden", "heads", "intermediate").contains(key)) {
        throw malformed(text);
      }
      try {
        values.put(key, Integer.parseInt(part.substring(equals + 1)));
      } catch (NumberFormatException e) {
        throw malformed(text);
      }
    }
    Integer layers = values.get("layers");
    Integer hidden = values.get("hidden");
    if (layers == null || hidden == null) {
      throw malformed(text);
    }
    return new StudentSize(
        layers,
        hidden,
        values.getOrDefault("heads", Math.max(1, hidden / HEAD_WIDTH)),
        values.getOrDefault("intermediate", 4 * hidden));
  }

  private static ConversionException malformed(String text) {
    return new ConversionException(
        "student '"
            + text
            + "': expected layers=2,hidden=128 and optionally heads= and intermediate=");
  }
}
