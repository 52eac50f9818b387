package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.RowOptions;
import io.cipherstream.cli.base.Units;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ModelException;
import io.cipherstream.workflow.data.BadRows;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Accumulates the results of an evaluation. */
public final class EvaluationSummary {

  private final String model;
  private final String mode;
  private final Scoring scoring;
  private final BadRows bad;
  private final List<Example> examples = new ArrayList<>();
  private Optional<Long> serverMemoryBytes = Optional.empty();
  private Optional<TimeLine> timeLine = Optional.empty();
  private int outOfRange;

  /**
   * @param bad what was left out
   */
  EvaluationSummary(String model, String mode, Scoring scoring, BadRows bad) {
    this.model = model;
    this.mode = mode;
    this.scoring = scoring;
    this.bad = bad;
  }

  /**
   * One example's outcome.
   *
   * @param plain the plaintext pass's answers, as many rows as the result has
   * @param tokens the number of tokens that the model read
   * @param error largest difference of an output from the plaintext pass's
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Example(
      EvaluationCase asked,
      double[][] plain,
      ExampleRunner.Result result,
      EncodedQuestion tokens,
      double error) {}

  Example add(
      EvaluationCase asked, double[][] plain, ExampleRunner.Result result, EncodedQuestion tokens) {
    double error = 0;
    for (int row = 0; row < plain.length; row++) {
      error = Math.max(error, largestDifference(plain[row], result.rows()[row]));
    }
    Example example = new Example(asked, plain, result, tokens, error);
    examples.add(example);
    return example;
  }

  /**
   * An example whose text is beyond the range a sealed model was calibrated for: it has no answer
   * to score.
   */
  ObjectNode addOutOfRange(EvaluationCase asked, ModelException why) {
    outOfRange++;
    ObjectNode json = Json.object();
    asked.addTo(json);
    json.put("outOfRange", why.getMessage());
    return json;
  }

  /** Whether no example has an answer. */
  boolean isEmpty() {
    return examples.isEmpty();
  }

  ObjectNode json(Example example) {
    ExampleRunner.Result result = example.result();
    ObjectNode json = Json.object();
    example.asked().addTo(json);
    scoring.example(json, example);
    json.put("tokens", example.tokens().tokens().length());
    json.put("tokensLeftOut", example.tokens().tokensLeftOut());
    json.put("wordsLeftOut", example.tokens().wordsLeftOut());
    json.put("texts", result.texts());
    json.put("engine", result.engine());
    json.set("enginesFailed", Json.strings(result.enginesFailed()));
    json.put("rounds", result.rounds());
    json.put("bytesUp", result.bytesUp());
    json.put("bytesDown", result.bytesDown());
    json.put("serverSeconds", result.serverSeconds());
    json.put("computeSeconds", result.computeSeconds());
    json.put("clientSeconds", result.clientSeconds());
    json.put("totalSeconds", result.totalSeconds());
    return json;
  }

  /** Adds the largest and the median error of an output: {@code maxLogitError} and so on. */
  static void errors(ObjectNode json, String what, List<Example> examples) {
    double[] errors = examples.stream().mapToDouble(Example::error).toArray();
    json.put("max" + what + "Error", Arrays.stream(errors).max().orElse(0));
    json.put("median" + what + "Error", median(errors));
  }

  static void printErrors(PrintWriter out, ObjectNode json, String what) {
    out.printf(
        Locale.ROOT,
        "  %-19s largest %.2e, median %.2e%n",
        what.toLowerCase(Locale.ROOT) + " error",
        json.path("max" + what + "Error").asDouble(),
        json.path("median" + what + "Error").asDouble());
  }

  void timeLine(TimeLine line) {
    timeLine = Optional.of(line);
  }

  void serverMemoryBytes(long bytes) {
    serverMemoryBytes = Optional.of(bytes);
  }

  /** max |aᵢ − bᵢ|; infinite if a value is not finite. */
  public static double largestDifference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      largest =
          Math.max(largest, Double.isFinite(difference) ? difference : Double.POSITIVE_INFINITY);
    }
    return largest;
  }

  /** The middle value, or of an even number of them the mean of the two in the middle. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private double[] each(java.util.function.ToDoubleFunction<Example> value) {
    return examples.stream().mapToDouble(value).toArray();
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("model", model);
    json.put("mode", mode);
    json.put("engine", engines());
    json.put("enginesFailed", count(e -> !e.result().enginesFailed().isEmpty()));
    json.put("examples", examples.size());
    json.put("outOfRange", outOfRange);
    json.put("textsCut", count(e -> e.tokens().tokensLeftOut() > 0));
    json.put("tokensLeftOut", examples.stream().mapToInt(e -> e.tokens().tokensLeftOut()).sum());
    json.put("wordsLeftOut", examples.stream().mapToInt(e -> e.tokens().wordsLeftOut()).sum());
    json.set("badRows", RowOptions.json(bad));
    scoring.summary(json, examples);
    json.put("examplesShared", count(e -> e.result().texts() > 1));
    json.put(
        "inferenceSecondsMedian",
        median(each(e -> e.result().serverSeconds() * e.result().texts())));
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
    timeLine.ifPresent(line -> json.set("profile", line.json()));
    return json;
  }

  /** Names of the engines that computed, separated by commas; one unless it changed. */
  private String engines() {
    return examples.stream()
        .map(e -> e.result().engine())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private long count(Predicate<Example> which) {
    return examples.stream().filter(which).count();
  }

  /** Prints how much was cut, left out, or computed twice, if anything. */
  private void printLosses(PrintWriter out, ObjectNode json) {
    if (json.path("textsCut").asInt() > 0) {
      out.printf(
          Locale.ROOT,
          "  cut                 %d texts, %d tokens and %d words left out%n",
          json.path("textsCut").asInt(),
          json.path("tokensLeftOut").asInt(),
          json.path("wordsLeftOut").asInt());
    }
    if (bad.count() > 0) {
      out.printf(Locale.ROOT, "  rows left out       %d %s%n", bad.count(), bad.reasons());
    }
    if (outOfRange > 0) {
      out.printf(Locale.ROOT, "  out of range        %d, without an answer%n", outOfRange);
    }
    if (json.path("enginesFailed").asInt() > 0) {
      out.printf(
          Locale.ROOT,
          "  engine failed       in %d inferences, which were computed again%n",
          json.path("enginesFailed").asInt());
    }
  }

  void print(PrintWriter out) {
    ObjectNode json = json();
    out.printf(Locale.ROOT, "%s, mode %s, engine %s%n", model, mode, engines());
    out.printf(Locale.ROOT, "  examples            %d%n", examples.size());
    printLosses(out, json);
    scoring.print(out, json);
    out.printf(
        Locale.ROOT,
        "  seconds/sentence    server %.3f (median; largest %.3f; computing %.3f), client %.3f, all"
            + " %.3f%n",
        json.path("serverSecondsMedian").asDouble(),
        json.path("serverSecondsMax").asDouble(),
        json.path("computeSecondsMedian").asDouble(),
        json.path("clientSecondsMedian").asDouble(),
        json.path("totalSecondsMedian").asDouble());
    if (json.path("examplesShared").asInt() > 0) {
      out.printf(
          Locale.ROOT,
          "  shared inferences   %d of %d examples, which have their share of times and traffic; a"
              + " whole inference takes the server %.3f s (median)%n",
          json.path("examplesShared").asInt(),
          examples.size(),
          json.path("inferenceSecondsMedian").asDouble());
    }
    if (json.path("bytesUpMedian").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "  traffic/sentence    %s up, %s down, %d rounds; keys sent once: %s%n",
          Units.bytes(json.path("bytesUpMedian").asLong()),
          Units.bytes(json.path("bytesDownMedian").asLong()),
          json.path("rounds").asInt(),
          Units.bytes(json.path("keyBytes").asLong()));
    }
    serverMemoryBytes.ifPresent(
        bytes -> out.printf("  server memory       %s at most%n", Units.bytes(bytes)));
    timeLine.ifPresent(line -> line.print(out));
    out.flush();
  }
}
