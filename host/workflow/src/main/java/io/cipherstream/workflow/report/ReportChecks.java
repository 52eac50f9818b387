package io.cipherstream.workflow.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks of the parts of a report. */
final class ReportChecks {

  private ReportChecks() {}

  /**
   * @throws IllegalArgumentException if the text is blank
   */
  static String text(String what, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(what + " is blank: expected a text");
    }
    return text;
  }

  /**
   * @throws IllegalArgumentException if the value is negative, infinite or NaN
   */
  static double time(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          what + " " + value + ": expected a finite number from 0 up");
    }
    return value;
  }

  /**
   * @throws IllegalArgumentException if the count is negative
   */
  static long count(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " " + value + ": expected 0 or more");
    }
    return value;
  }

  /**
   * A copy that cannot change.
   *
   * @throws IllegalArgumentException if there are more than {@link ConversionReport#ENTRIES_MAX}
   */
  static <T> List<T> list(String what, List<T> list) {
    if (list.size() > ConversionReport.ENTRIES_MAX) {
      throw new IllegalArgumentException(
          list.size() + " " + what + ": expected at most " + ConversionReport.ENTRIES_MAX);
    }
    return List.copyOf(list);
  }

  /** A copy in the same order. */
  static Map<String, String> map(String what, Map<String, String> map) {
    map.forEach(
        (key, value) -> {
          Objects.requireNonNull(key, what);
          Objects.requireNonNull(value, what);
        });
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
