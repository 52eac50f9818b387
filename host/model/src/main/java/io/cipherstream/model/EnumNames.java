package io.cipherstream.model;

import java.util.Arrays;
import java.util.Locale;

/** The lower-case names that enumerations carry in model metadata and manifests. */
final class EnumNames {

  private EnumNames() {}

  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that lower-case name
   */
  static <E extends Enum<E>> E parse(Class<E> type, String what, String name) {
    for (E value : type.getEnumConstants()) {
      if (of(value).equals(name)) {
        return value;
      }
    }
    throw new ModelException(
        ModelException.Kind.UNSUPPORTED,
        what
            + " '"
            + name
            + "': expected one of "
            + Arrays.stream(type.getEnumConstants()).map(EnumNames::of).toList());
  }
}
