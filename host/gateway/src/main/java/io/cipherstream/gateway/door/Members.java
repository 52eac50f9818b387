package io.cipherstream.gateway.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.problem.GatewayProblem;
import io.cipherstream.gateway.problem.GatewayProblemKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Members of a request's object, with their types and bounds checked. */
public final class Members {

  private final ObjectNode object;
  private final GatewayLimits limits;

  public Members(ObjectNode object, GatewayLimits limits) {
    this.object = object;
    this.limits = limits;
  }

  /** A member as it is; null counts as absent. */
  public Optional<JsonNode> member(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  /**
   * @throws GatewayProblem of kind INVALID if it is missing
   */
  public JsonNode required(String name) {
    return member(name)
        .orElseThrow(() -> GatewayProblem.in(name, "member '" + name + "' is missing"));
  }

  /** A text of at least one character. */
  public String string(String name) {
    return text(name, required(name));
  }

  public Optional<String> optionalString(String name) {
    return member(name).map(value -> text(name, value));
  }

  public boolean flag(String name, boolean otherwise) {
    return member(name)
        .map(
            value -> {
              if (!value.isBoolean()) {
                throw wrong(name, value, "true or false");
              }
              return value.booleanValue();
            })
        .orElse(otherwise);
  }

  /** A whole number within bounds. */
  public OptionalInt integer(String name, int least, int most) {
    Optional<JsonNode> value = member(name);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    JsonNode number = value.get();
    if (!number.isIntegralNumber() || !number.canConvertToInt()) {
      throw wrong(name, number, "a whole number of " + least + " to " + most);
    }
    int read = number.intValue();
    if (read < least || read > most) {
      throw GatewayProblem.in(
          name, "member '" + name + "' is " + read + ": expected " + least + " to " + most);
    }
    return OptionalInt.of(read);
  }

  /** An array of texts. */
  public List<String> texts(String name, JsonNode array) {
    if (!array.isArray()) {
      throw wrong(name, array, "an array of texts");
    }
    count(name, array.size());
    List<String> texts = new ArrayList<>(array.size());
    array.forEach(item -> texts.add(text(name, item)));
    return texts;
  }

  /** Checks the number of texts. */
  public void count(String name, int texts) {
    if (texts == 0) {
      throw GatewayProblem.in(name, "member '" + name + "' is empty: expected at least one text");
    }
    if (texts > limits.textsMax()) {
      throw tooLarge(name, texts + " texts", limits.textsMax() + " in one request");
    }
  }

  /** A text in bounds. */
  public String text(String name, JsonNode value) {
    if (!value.isTextual()) {
      throw wrong(name, value, "a text");
    }
    return text(name, value.textValue());
  }

  /** Checks a text's length. */
  public String text(String name, String text) {
    if (text.length() > limits.textCharactersMax()) {
      throw tooLarge(
          name, "a text of " + text.length() + " characters", limits.textCharactersMax() + "");
    }
    return text;
  }

  /** The problem of a wrong type, which does not quote the value. */
  public static GatewayProblem wrong(String name, JsonNode value, String expected) {
    return GatewayProblem.in(
        name, "member '" + name + "' is " + typeOf(value) + ": expected " + expected);
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      default -> "null";
    };
  }

  private static GatewayProblem tooLarge(String name, String received, String most) {
    return GatewayProblem.of(
        GatewayProblemKind.TOO_LARGE,
        "member '" + name + "' has " + received + ": expected at most " + most);
  }
}
