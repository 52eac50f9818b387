package io.cipherstream.server.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks that apply to every member of the configuration: only members marked {@link Nullable} may
 * be null, texts and paths are not blank, numbers are in their {@link Range}.
 */
final class ShapeChecks {

  private static final Range DEFAULT = defaultRange();

  private ShapeChecks() {}

  /**
   * @throws ConfigException that names the first member that does not fit, dotted, as in {@code
   *     tenants[0].name}
   */
  static void check(Record config) {
    members(config, "");
  }

  private static void members(Record record, String prefix) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String path = prefix + component.getName();
      Object value = value(record, component, path);
      if (value != null) {
        Range range = component.getAnnotation(Range.class);
        value(value, path, range == null ? DEFAULT : range);
      } else if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        throw new ConfigException(path + ": expected a value, received null");
      }
    }
  }

  private static void value(@Nullable Object value, String path, Range range) {
    if (value == null) {
      throw new ConfigException(path + ": expected a value, received null");
    }
    if (value instanceof Record inner) {
      members(inner, path + ".");
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        value(list.get(i), path + "[" + i + "]", range);
      }
    } else if (value instanceof Number number) {
      number(number, path, range);
    } else if ((value instanceof String || value instanceof Path) && value.toString().isBlank()) {
      throw new ConfigException(path + ": expected a text that is not blank");
    }
  }

  private static void number(Number number, String path, Range range) {
    double value = number.doubleValue();
    if (!(value >= range.min() && value <= range.max())) {
      throw new ConfigException(
          path
              + ": expected "
              + (range.max() == Long.MAX_VALUE
                  ? "at least " + range.min()
                  : range.min() + " to " + range.max())
              + ", received "
              + number);
    }
  }

  private static @Nullable Object value(Record record, RecordComponent component, String path) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(path, e);
    }
  }

  private static Range defaultRange() {
    record Any(@Range long number) {}
    return Any.class.getRecordComponents()[0].getAnnotation(Range.class);
  }
}
