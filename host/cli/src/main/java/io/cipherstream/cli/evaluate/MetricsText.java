package io.cipherstream.cli.evaluate;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of an appliance's metrics, in Prometheus' text format. */
final class MetricsText {

  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{([^}]*)\\})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private final Map<String, Map<SortedMap<String, String>, Double>> samples = new HashMap<>();

  /** Takes what it knows the form of; other lines, comments among them, are left out. */
  MetricsText(String text) {
    for (String line : text.lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        SortedMap<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          labels.put(label.group(1), label.group(2));
        }
        samples
            .computeIfAbsent(sample.group(1), name -> new HashMap<>())
            .put(labels, Double.parseDouble(sample.group(3)));
      }
    }
  }

  /** The values of a metric by their labels; none if there is no such metric. */
  Map<SortedMap<String, String>, Double> of(String metric) {
    return samples.getOrDefault(metric, Map.of());
  }
}
