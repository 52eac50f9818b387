package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Scores of one kind of answer. */
interface Scoring {

  /** Adds an expected answer, the received one and the one of the plaintext pass. */
  void example(ObjectNode json, EvaluationSummary.Example example);

  /** Adds the figures over all examples. */
  void summary(ObjectNode json, List<EvaluationSummary.Example> examples);

  /** Prints those figures. */
  void print(PrintWriter out, ObjectNode summary);

  /** The scoring of a model's answers. */
  static Scoring of(ModelShape shape) {
    if (shape.head() == Head.VALUE) {
      return new ValueScoring();
    }
    if (shape.head() == Head.LABELS) {
      return new LabelSetScoring(shape.labels());
    }
    return shape.pooling() == Pooling.NONE
        ? new WordScoring(shape.labels())
        : new ClassScoring(shape.labels());
  }

  /** Adds the logits of an example with one row of them, here and in plaintext, and their error. */
  static void logits(ObjectNode json, EvaluationSummary.Example example) {
    json.set("logits", Json.numbers(Arrays.stream(example.result().rows()[0]).boxed().toList()));
    json.set("plaintextLogits", Json.numbers(Arrays.stream(example.plain()[0]).boxed().toList()));
    json.put("logitError", example.error());
  }

  /** Prints a line {@code name value (plaintext value)}. */
  static void line(PrintWriter out, ObjectNode json, String title, String member, boolean share) {
    String other =
        "plaintext" + member.substring(0, 1).toUpperCase(Locale.ROOT) + member.substring(1);
    String format = share ? "%.2f %%" : "%.4f";
    double factor = share ? 100 : 1;
    out.printf(
        Locale.ROOT,
        "  %-19s " + format + " (plaintext " + format + ")%n",
        title,
        factor * json.path(member).asDouble(Double.NaN),
        factor * json.path(other).asDouble(Double.NaN));
  }

  /** Puts a figure, or null if it is not defined. */
  static void put(ObjectNode json, String member, double value) {
    if (Double.isFinite(value)) {
      json.put(member, value);
    } else {
      json.putNull(member);
    }
  }
}
