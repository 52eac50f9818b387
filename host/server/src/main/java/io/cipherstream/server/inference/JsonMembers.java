package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/**
 * Members of a JSON object that a client sent. A member that does not fit is refused by name, with
 * its value shortened for the message.
 *
 * @param where the object, for messages
 */
record JsonMembers(JsonObject json, String where) {

  private static final int SHOWN_MAX = 80;

  /**
   * @throws ProblemException {@link ProblemType#REQUEST_INVALID} for a member that is not known
   */
  JsonMembers only(Set<String> known) {
    for (String member : json.fieldNames()) {
      if (!known.contains(member)) {
        throw invalid("member '" + cut(member) + "' of " + where, "only " + known);
      }
    }
    return this;
  }

  /** A text of that form. */
  String text(String member, String pattern) {
    if (json.getValue(member) instanceof String value && value.matches(pattern)) {
      return value;
    }
    throw unfit(member, "a text that matches " + pattern);
  }

  /** A whole number of 32 bits. */
  int number(String member) {
    if (json.getValue(member) instanceof Integer value) {
      return value;
    }
    throw unfit(member, "a whole number");
  }

  /** An object of its own. */
  JsonMembers object(String member) {
    if (json.getValue(member) instanceof JsonObject value) {
      return new JsonMembers(value, where + "." + member);
    }
    throw unfit(member, "a JSON object");
  }

  /** A list. */
  JsonArray array(String member) {
    if (json.getValue(member) instanceof JsonArray value) {
      return value;
    }
    throw unfit(member, "a JSON array");
  }

  /** The object at an index of a list. */
  static JsonMembers item(JsonArray list, int index, String where) {
    if (list.getValue(index) instanceof JsonObject value) {
      return new JsonMembers(value, where + "[" + index + "]");
    }
    throw invalid(where + "[" + index + "] that is no object", "a JSON object");
  }

  /** The problem of a member that has another value. */
  ProblemException unfit(String member, String expected) {
    return invalid(
        where + " with " + member + " '" + cut(String.valueOf(json.getValue(member))) + "'",
        expected);
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(SHOWN_MAX, text.length()));
  }

  private static ProblemException invalid(String received, String expected) {
    return ProblemException.of(
        ProblemType.REQUEST_INVALID,
        received,
        expected,
        "send what the documentation of the protocol shows");
  }
}
