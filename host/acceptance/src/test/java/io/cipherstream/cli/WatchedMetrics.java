package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What the dashboard and the alert rules ask of a Prometheus, held against one that watches a
 * running appliance and gateway.
 */
final class WatchedMetrics {

  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:he|gateway|jvm|process|system|disk)_[a-z_]+|up)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!~|!=|=)(\"[^\"]*\")");
  private static final Pattern BY = Pattern.compile("\\bby \\(([a-z_, ]+)\\)");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{([a-z_]+)}}");
  private static final Pattern ANNOTATION = Pattern.compile("\\$labels\\.([a-z_]+)");

  private final PrometheusProcess prometheus;

  WatchedMetrics(PrometheusProcess prometheus) {
    this.prometheus = prometheus;
  }

  /** Every panel has data now, in series that have the labels of its legend. */
  void everyPanelHasData(Path dashboard) throws IOException, InterruptedException {
    List<String> empty = new ArrayList<>();
    int queries = 0;
    for (JsonNode panel : Json.MAPPER.readTree(dashboard.toFile()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String expression =
            target
                .path("expr")
                .asText()
                .replace("$__rate_interval", "10m")
                .replaceAll("\\$(appliance|gateway)", ".*");
        JsonNode series = prometheus.query(expression);
        Set<String> labels = groups(LEGEND, target.path("legendFormat").asText());
        queries++;
        if (series.isEmpty() || !haveAll(series, labels)) {
          empty.add(panel.path("title").asText() + ": " + expression + " " + labels);
        }
      }
    }
    assertThat(empty).as("without data, or without these labels").isEmpty();
    assertThat(queries).isGreaterThan(30);
  }

  /** Every metric of a rule is there, with the labels that are selected, grouped by and named. */
  void everyRuleHasItsMetrics() throws IOException, InterruptedException {
    List<String> missing = new ArrayList<>();
    List<String> firing = new ArrayList<>();
    int rules = 0;
    for (JsonNode group : prometheus.rules()) {
      for (JsonNode rule : group.path("rules")) {
        rules++;
        assertThat(rule.path("health").asText()).as("%s", rule).isEqualTo("ok");
        if (rule.path("state").asText().equals("firing")) {
          firing.add(rule.toString());
        }
        String expression = rule.path("query").asText();
        Set<String> labels = groups(ANNOTATION, rule.path("annotations").toString());
        for (String list : groups(BY, expression)) {
          labels.addAll(List.of(list.split(", *", -1)));
        }
        labels.remove("le");
        for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
          String asked = present(selector, labels);
          if (prometheus.query(asked).isEmpty()) {
            missing.add(rule.path("name").asText() + ": " + asked);
          }
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(rules).isGreaterThan(20);
    assertThat(firing).as("alerts of a healthy run").isEmpty();
  }

  /**
   * A selector of the metric's series with these labels, whatever their values; a label that must
   * have a value by the rule has that value.
   */
  private static String present(MatchResult selector, Set<String> labels) {
    List<String> matchers = new ArrayList<>();
    String own = selector.group(2) == null ? "" : selector.group(2);
    for (MatchResult matcher : MATCHER.matcher(own).results().toList()) {
      boolean exact = matcher.group(2).equals("=");
      matchers.add(matcher.group(1) + (exact ? "=" + matcher.group(3) : "!=\"\""));
    }
    labels.forEach(label -> matchers.add(label + "!=\"\""));
    return selector.group(1) + "{" + String.join(",", matchers) + "}";
  }

  private static boolean haveAll(JsonNode series, Set<String> labels) {
    for (JsonNode each : series) {
      if (!labels.stream().allMatch(label -> each.path("metric").has(label))) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> groups(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    pattern.matcher(text).results().forEach(match -> found.add(match.group(1)));
    return found;
  }
}
