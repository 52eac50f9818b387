package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules by Prometheus' own tool; each alert has a case in which it fires, and a page. */
class AlertRulesTest {

  private static final Path ALERTS = SourceTree.ROOT.resolve("deploy/alerts");
  private static final Path RUNBOOKS = SourceTree.ROOT.resolve("deploy/runbooks");
  private static final Path RULES = ALERTS.resolve("cipherstream.yaml");
  private static final Path CASES = ALERTS.resolve("tests.yaml");

  @Test
  void prometheusTakesTheRules() throws Exception {
    assertThat(promtool("check", "rules", RULES)).contains("SUCCESS");
    assertThat(Files.readString(ALERTS.resolve("prometheus.yaml"))).contains("- cipherstream.yaml");
  }

  @Test
  void everyAlertIsSilentAndThenFiresInItsCase() throws Exception {
    assertThat(found(CASES, "- name: (\\w+)")).isEqualTo(alerts()).hasSizeGreaterThan(20);
    assertThat(found(CASES, "exp_alerts: \\[]", "alertname: (\\w+), eval_time"))
        .isEqualTo(alerts());
    assertThat(found(CASES, "runbook: runbooks/(\\w+)\\.md")).isEqualTo(alerts());
    assertThat(promtool("test", "rules", CASES)).contains("SUCCESS");
  }

  @Test
  void everyAlertHasAPage() throws IOException {
    assertThat(found(RULES, "runbook: runbooks/(\\w+)\\.md")).isEqualTo(alerts());
    try (Stream<Path> pages = Files.list(RUNBOOKS)) {
      Set<String> names =
          pages
              .map(page -> page.getFileName().toString().replaceFirst("\\.md$", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(names).isEqualTo(alerts());
    }
    for (String alert : alerts()) {
      assertThat(Files.readString(RUNBOOKS.resolve(alert + ".md")))
          .startsWith("# " + alert + "\n")
          .contains("\n## Look at\n", "\n## Do\n");
    }
  }

  @Test
  void aCaseThatDoesNotFireWouldBeFound(@TempDir Path folder) throws Exception {
    Files.copy(RULES, folder.resolve("cipherstream.yaml"));
    Path wrong = folder.resolve("tests.yaml");
    Files.writeString(wrong, Files.readString(CASES).replace("he_models_served", "he_models"));
    Output output = Output.of("test", "rules", wrong);
    assertThat(output.status()).isNotZero();
    assertThat(output.text()).contains("NoModelServed");
  }

  private static Set<String> alerts() throws IOException {
    return found(RULES, "- alert: (\\w+)");
  }

  /** What the pattern's group takes, in lines that hold the other pattern, too, if one is given. */
  private static Set<String> found(Path file, String... patterns) throws IOException {
    Pattern last = Pattern.compile(patterns[patterns.length - 1]);
    Pattern other = Pattern.compile(patterns[0]);
    return Files.readAllLines(file).stream()
        .filter(line -> other.matcher(line).find())
        .flatMap(line -> last.matcher(line).results())
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String promtool(String verb, String what, Path file) throws Exception {
    Output output = Output.of(verb, what, file);
    assertThat(output.status()).as(output.text()).isZero();
    return output.text();
  }

  /** What promtool wrote, and its exit status. */
  private record Output(String text, int status) {

    static Output of(String verb, String what, Path file) throws Exception {
      List<String> command = new ArrayList<>(List.of("promtool", verb, what, file.toString()));
      Process process;
      try {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        throw new AssertionError("install Debian's package prometheus", e);
      }
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(text, process.waitFor());
    }
  }
}
