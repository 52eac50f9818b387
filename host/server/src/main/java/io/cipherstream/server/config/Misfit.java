package io.cipherstream.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes in one line what does not fit in a configuration, with the configuration's own names.
 */
final class Misfit {

  private static final int SHOWN_CHARS_MAX = 80;

  private Misfit() {}

  static ConfigException of(JsonMappingException e, JsonNode tree) {
    StringBuilder path = new StringBuilder();
    JsonNode at = tree;
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
        at = at.path(step.getFieldName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
        at = at.path(step.getIndex());
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      return new ConfigException(
          "configuration member '"
              + path
              + "' is unknown; expected one of "
              + (known == null ? "" : known.stream().map(String::valueOf).sorted().toList()),
          e);
    }
    Class<?> target = e instanceof MismatchedInputException m ? m.getTargetType() : null;
    boolean secret = path.toString().contains("apiKey");
    return new ConfigException(
        path + ": expected " + kind(target) + ", received " + (secret ? "another" : shown(at)), e);
  }

  /** The message of the parser of a damaged text, without the text and without its class. */
  static String said(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    return oneLine(e.getOriginalMessage()) + where;
  }

  /** A value that is safe to repeat: short, and on one line. */
  static String shown(JsonNode value) {
    return value instanceof MissingNode ? "nothing" : oneLine(value.toString());
  }

  private static String oneLine(@Nullable String text) {
    String line = String.valueOf(text).replaceAll("\\s+", " ").strip();
    return line.length() <= SHOWN_CHARS_MAX ? line : line.substring(0, SHOWN_CHARS_MAX) + "…";
  }

  private static String kind(@Nullable Class<?> target) {
    if (target == null) {
      return "another value";
    }
    if (target.isEnum()) {
      return Arrays.stream(target.getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (target == int.class || target == long.class) {
      return "a whole number" + (target == int.class ? " of at most " + Integer.MAX_VALUE : "");
    }
    if (target == double.class) {
      return "a number";
    }
    if (target == boolean.class) {
      return "true or false";
    }
    if (Collection.class.isAssignableFrom(target)) {
      return "a list";
    }
    return target.isRecord() ? "members and their values" : "a text";
  }
}
