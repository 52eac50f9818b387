package io.cipherstream.cli.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Where an appliance's time goes, from its metrics before and after some inferences: the parts of
 * an inference one after the other, and below each what is done in it. Parts are wall time. What is
 * below them is time of threads, which may run beside each other.
 *
 * @param lines in the order in which they are shown
 * @param inferences how many are in it
 */
record TimeLine(List<Line> lines, long inferences) {

  private static final String PARTS = "he_inference_part_seconds";

  /** Part of the time below which an operation is not shown by itself. */
  private static final double SHOWN_MIN = 0.005;

  /**
   * One line.
   *
   * @param part receive, step, send or wait
   * @param what what is done in the part; empty for the part itself
   * @param count how often, in all inferences
   * @param seconds in all inferences
   */
  record Line(String part, String what, long count, double seconds) {}

  TimeLine {
    lines = List.copyOf(lines);
  }

  /**
   * @param before metrics when the first of the inferences began
   * @param after metrics when the last had ended
   */
  static TimeLine between(String before, String after, long inferences) {
    Differences all = new Differences(new MetricsText(before), new MetricsText(after));
    List<Line> parts = all.lines("", PARTS, labels -> labels.getOrDefault("part", ""));
    List<Line> messages =
        all.lines("", "he_message_seconds", labels -> labels.getOrDefault("op", ""));
    List<Line> lines = new ArrayList<>();
    for (String part : List.of("receive", "step", "send", "wait")) {
      parts.stream()
          .filter(line -> line.what().equals(part))
          .forEach(line -> lines.add(new Line(part, "", line.count(), line.seconds())));
      if (part.equals("step")) {
        lines.addAll(all.lines(part, "he_queue_seconds", labels -> "turn awaited"));
        lines.addAll(all.operations(part));
      }
      String message = part.equals("receive") ? "decode" : part.equals("send") ? "encode" : "";
      messages.stream()
          .filter(line -> line.what().equals(message))
          .forEach(line -> lines.add(new Line(part, message, line.count(), line.seconds())));
    }
    return new TimeLine(lines, inferences);
  }

  /** Whether metrics have the times of at least one inference. */
  static boolean shows(String metrics) {
    return !new MetricsText(metrics).of(PARTS + "_count").isEmpty();
  }

  private record Differences(MetricsText before, MetricsText after) {

    /** A timer by its labels, of which the name is made. */
    List<Line> lines(String part, String timer, Function<Map<String, String>, String> name) {
      List<Line> lines = new ArrayList<>();
      Map<SortedMap<String, String>, Double> counts = after.of(timer + "_count");
      for (Map.Entry<SortedMap<String, String>, Double> entry : counts.entrySet()) {
        SortedMap<String, String> labels = entry.getKey();
        long count =
            Math.round(entry.getValue() - before.of(timer + "_count").getOrDefault(labels, 0.0));
        double seconds =
            after.of(timer + "_sum").getOrDefault(labels, 0.0)
                - before.of(timer + "_sum").getOrDefault(labels, 0.0);
        if (count > 0) {
          lines.add(new Line(part, name.apply(labels), count, seconds));
        }
      }
      return lines;
    }

    private static String operation(Map<String, String> labels) {
      return labels.get("op") + ", " + labels.get("limbs") + " limbs, " + labels.get("engine");
    }

    /** Operations by time; those that hardly count are one line. */
    List<Line> operations(String part) {
      List<Line> all = new ArrayList<>(lines(part, "he_operation_seconds", Differences::operation));
      all.sort(Comparator.comparingDouble(Line::seconds).reversed());
      double sum = all.stream().mapToDouble(Line::seconds).sum();
      List<Line> lines =
          new ArrayList<>(all.stream().filter(l -> l.seconds() >= SHOWN_MIN * sum).toList());
      List<Line> rest = all.subList(lines.size(), all.size());
      if (!rest.isEmpty()) {
        lines.add(
            new Line(
                part,
                "other operations",
                rest.stream().mapToLong(Line::count).sum(),
                rest.stream().mapToDouble(Line::seconds).sum()));
      }
      return lines;
    }
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("inferences", inferences);
    ArrayNode array = json.putArray("lines");
    for (Line line : lines) {
      array
          .addObject()
          .put("part", line.part())
          .put("what", line.what())
          .put("count", line.count())
          .put("seconds", line.seconds());
    }
    return json;
  }

  void print(PrintWriter out) {
    double whole = lines.stream().filter(l -> l.what().isEmpty()).mapToDouble(Line::seconds).sum();
    out.printf(
        Locale.ROOT,
        "  the appliance's time, mean of %d inferences after the first; below a part the time of"
            + " threads in it%n",
        inferences);
    for (Line line : lines) {
      out.printf(
          Locale.ROOT,
          "  %-40s %9.2f ms %5.1f %% %8.1f times%n",
          line.what().isEmpty() ? line.part() : "  " + line.what(),
          1000 * line.seconds() / inferences,
          100 * line.seconds() / whole,
          (double) line.count() / inferences);
    }
    out.flush();
  }
}
