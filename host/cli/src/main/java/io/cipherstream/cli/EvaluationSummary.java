package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Adds up what an evaluation found. */
final class EvaluationSummary {

  private final String model;
  private final String mode;
  private final String engine;
  private final List<Example> examples = new ArrayList<>();
  private Optional<Long> serverMemoryBytes = Optional.empty();

  EvaluationSummary(String model, String mode, String engine) {
    this.model = model;
    this.mode = mode;
    this.engine = engine;
  }

  /** One example's outcome. */
  record Example(
      LabelledText text,
      int label,
      double[] plain,
      ExampleRunner.Result result,
      int tokens,
      double logitError) {

    boolean right() {
      return best(result.logits()) == label;
    }

    boolean plainRight() {
      return best(plain) == label;
    }

    boolean agrees() {
      return best(result.logits()) == best(plain);
    }

    ObjectNode json(List<String> labels) {
      ObjectNode json = Json.object();
      json.put("line", text.line());
      json.put("text", text.text());
      json.put("expected", labels.get(label));
      json.put("label", labels.get(best(result.logits())));
      json.set("logits", Json.numbers(Arrays.stream(result.logits()).boxed().toList()));
      json.set("plaintextLogits", Json.numbers(Arrays.stream(plain).boxed().toList()));
      json.put("logitError", logitError);
      json.put("tokens", tokens);
      json.put("rounds", result.rounds());
      json.put("bytesUp", result.bytesUp());
      json.put("bytesDown", result.bytesDown());
      json.put("serverSeconds", result.serverSeconds());
      json.put("computeSeconds", result.computeSeconds());
      json.put("clientSeconds", result.clientSeconds());
      json.put("totalSeconds", result.totalSeconds());
      return json;
    }
  }

  Example add(
      LabelledText text, int label, double[] plain, ExampleRunner.Result result, int tokens) {
    Example example =
        new Example(text, label, plain, result, tokens, largestDifference(plain, result.logits()));
    examples.add(example);
    return example;
  }

  void serverMemoryBytes(long bytes) {
    serverMemoryBytes = Optional.of(bytes);
  }

  /** max |aᵢ − bᵢ|; infinite if a value is not finite. */
  static double largestDifference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      largest =
          Math.max(largest, Double.isFinite(difference) ? difference : Double.POSITIVE_INFINITY);
    }
    return largest;
  }

  /** Index of the largest value, the first of several. */
  static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private double share(java.util.function.Predicate<Example> property) {
    return (double) examples.stream().filter(property).count() / examples.size();
  }

  private double[] each(java.util.function.ToDoubleFunction<Example> value) {
    return examples.stream().mapToDouble(value).toArray();
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("model", model);
    json.put("mode", mode);
    json.put("engine", engine);
    json.put("examples", examples.size());
    json.put("accuracy", share(Example::right));
    json.put("plaintextAccuracy", share(Example::plainRight));
    json.put("agreement", share(Example::agrees));
    json.put("maxLogitError", Arrays.stream(each(Example::logitError)).max().orElse(0));
    json.put("medianLogitError", median(each(Example::logitError)));
    json.put("serverSecondsMedian", median(each(e -> e.result().serverSeconds())));
    json.put(
        "serverSecondsMax", Arrays.stream(each(e -> e.result().serverSeconds())).max().orElse(0));
    json.put("computeSecondsMedian", median(each(e -> e.result().computeSeconds())));
    json.put("clientSecondsMedian", median(each(e -> e.result().clientSeconds())));
    json.put("totalSecondsMedian", median(each(e -> e.result().totalSeconds())));
    json.put("bytesUpMedian", (long) median(each(e -> e.result().bytesUp())));
    json.put("bytesDownMedian", (long) median(each(e -> e.result().bytesDown())));
    json.put("keyBytes", examples.stream().mapToLong(e -> e.result().keyBytes()).sum());
    json.put("rounds", examples.stream().mapToInt(e -> e.result().rounds()).max().orElse(0));
    serverMemoryBytes.ifPresent(bytes -> json.put("serverMemoryBytes", bytes));
    return json;
  }

  void print(PrintWriter out) {
    ObjectNode json = json();
    out.printf(Locale.ROOT, "%s, mode %s, engine %s%n", model, mode, engine);
    out.printf(Locale.ROOT, "  examples            %d%n", examples.size());
    out.printf(
        Locale.ROOT,
        "  accuracy            %.2f %% (plaintext %.2f %%)%n",
        100 * json.path("accuracy").asDouble(),
        100 * json.path("plaintextAccuracy").asDouble());
    out.printf(
        Locale.ROOT, "  same label          %.2f %%%n", 100 * json.path("agreement").asDouble());
    out.printf(
        Locale.ROOT,
        "  logit error         largest %.2e, median %.2e%n",
        json.path("maxLogitError").asDouble(),
        json.path("medianLogitError").asDouble());
    out.printf(
        Locale.ROOT,
        "  seconds a sentence  server %.3f (median; largest %.3f; computing %.3f), client %.3f, all %.3f%n",
        json.path("serverSecondsMedian").asDouble(),
        json.path("serverSecondsMax").asDouble(),
        json.path("computeSecondsMedian").asDouble(),
        json.path("clientSecondsMedian").asDouble(),
        json.path("totalSecondsMedian").asDouble());
    if (json.path("bytesUpMedian").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "  traffic a sentence  %s up, %s down, %d rounds; keys sent once: %s%n",
          Units.bytes(json.path("bytesUpMedian").asLong()),
          Units.bytes(json.path("bytesDownMedian").asLong()),
          json.path("rounds").asInt(),
          Units.bytes(json.path("keyBytes").asLong()));
    }
    serverMemoryBytes.ifPresent(
        bytes -> out.printf("  server memory       %s at most%n", Units.bytes(bytes)));
    out.flush();
  }
}
