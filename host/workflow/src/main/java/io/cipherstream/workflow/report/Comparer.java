package io.cipherstream.workflow.report;

import io.cipherstream.workflow.report.ConversionComparison.Cell;
import io.cipherstream.workflow.report.ConversionComparison.ScoreRow;
import io.cipherstream.workflow.report.ConversionComparison.Side;
import io.cipherstream.workflow.report.ConversionComparison.TextRow;
import io.cipherstream.workflow.report.ConversionComparison.TimeRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a comparison of reports. */
final class Comparer {

  private static final int REPORTS_MAX = 26;

  private final List<ConversionReport> reports;
  private final List<AccuracyTable> tables = new ArrayList<>();

  Comparer(List<ConversionReport> reports) {
    this.reports = List.copyOf(reports);
    if (reports.size() < 2 || reports.size() > REPORTS_MAX) {
      throw new ComparisonException(
          reports.size() + " reports: a comparison needs 2 to " + REPORTS_MAX);
    }
    for (int i = 0; i < reports.size(); i++) {
      AccuracyTable table = reports.get(i).accuracy();
      if (table == null) {
        throw new ComparisonException(
            who(i) + " has no accuracy yet: let its conversion evaluate at least one model");
      }
      if (reports.get(i).header().dev().isEmpty()) {
        throw new ComparisonException(
            who(i) + " names no development file, so it is unknown whether the data are the same");
      }
      tables.add(table);
    }
    same("task", i -> reports.get(i).header().task());
    same("SHA-256 of the development file", this::devDigest);
    same("number of development examples", i -> Integer.toString(tables.get(i).data().dev()));
    same("scores", i -> tables.get(i).metrics().toString());
    sameTruth();
  }

  private String who(int i) {
    return label(i) + " (" + reports.get(i).header().name() + ")";
  }

  private static String label(int i) {
    return Character.toString('A' + i);
  }

  private String devDigest(int i) {
    return reports.get(i).header().dev().orElseThrow().sha256();
  }

  private void same(String what, Function<Integer, String> value) {
    for (int i = 1; i < reports.size(); i++) {
      if (!value.apply(i).equals(value.apply(0))) {
        throw new ComparisonException(
            "the "
                + what
                + " of "
                + who(i)
                + " is "
                + value.apply(i)
                + ", that of "
                + who(0)
                + " is "
                + value.apply(0)
                + ": only conversions on the same task and development file can be compared");
      }
    }
  }

  private void sameTruth() {
    int first = -1;
    for (int i = 0; i < tables.size(); i++) {
      if (tables.get(i).truth() == null) {
        continue;
      }
      if (first >= 0 && !Objects.equals(tables.get(first).truth(), tables.get(i).truth())) {
        throw new ComparisonException(
            "the answers to the development examples of "
                + who(i)
                + " are not those of "
                + who(first)
                + ": the file was read differently");
      }
      first = first < 0 ? i : first;
    }
  }

  private @Nullable Predictions truth() {
    return tables.stream()
        .map(AccuracyTable::truth)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  ConversionComparison compare() {
    List<Side> sides = new ArrayList<>();
    for (int i = 0; i < reports.size(); i++) {
      ConversionHeader header = reports.get(i).header();
      sides.add(
          new Side(
              label(i),
              header.name(),
              header.modelSource(),
              header.seeds(),
              header.seconds(),
              header.finished()));
    }
    List<ScoreRow> scores = scores();
    return new ConversionComparison(
        reports.get(0).header().task(),
        devDigest(0),
        sides,
        scores,
        times(),
        differing(ConversionHeader::options),
        differing(ConversionHeader::host),
        remarks(scores));
  }

  private List<ScoreRow> scores() {
    Set<Key> keys = new LinkedHashSet<>();
    tables.forEach(t -> t.groups().forEach(g -> keys.add(new Key(g.role(), g.name()))));
    List<ScoreRow> rows = new ArrayList<>();
    for (Key key : keys.stream().sorted(Key::compareRole).toList()) {
      for (int metric = 0; metric < tables.get(0).metrics().size(); metric++) {
        rows.add(row(key, metric));
      }
    }
    return rows;
  }

  private ScoreRow row(Key key, int metric) {
    VariantGroup baseline = find(tables.get(0), key);
    List<@Nullable Cell> cells = new ArrayList<>();
    for (AccuracyTable table : tables) {
      VariantGroup own = find(table, key);
      cells.add(
          own == null
              ? null
              : new Cell(
                  own.mean(metric),
                  own.standardError(metric),
                  own.deviation(metric),
                  own.variants().size(),
                  baseline == null || cells.isEmpty()
                      ? null
                      : own.minus(baseline, truth(), metric)));
    }
    return new ScoreRow(key.role, key.name, tables.get(0).metrics().get(metric), cells);
  }

  private static @Nullable VariantGroup find(AccuracyTable table, Key key) {
    return table.groups().stream()
        .filter(g -> key.equals(new Key(g.role(), g.name())))
        .findFirst()
        .orElse(null);
  }

  private List<TimeRow> times() {
    Set<String> names = new LinkedHashSet<>();
    reports.forEach(r -> r.stages().forEach(s -> names.add(s.name())));
    List<TimeRow> rows = new ArrayList<>();
    for (String name : names) {
      List<@Nullable Double> seconds = new ArrayList<>();
      for (ConversionReport report : reports) {
        List<StageRecord> own =
            report.stages().stream().filter(s -> s.name().equals(name)).toList();
        seconds.add(own.isEmpty() ? null : own.stream().mapToDouble(s -> s.work().seconds()).sum());
      }
      rows.add(new TimeRow(name, seconds));
    }
    return rows;
  }

  private List<TextRow> differing(Function<ConversionHeader, Map<String, String>> facts) {
    Set<String> keys = new LinkedHashSet<>();
    reports.forEach(r -> keys.addAll(facts.apply(r.header()).keySet()));
    List<TextRow> rows = new ArrayList<>();
    for (String key : keys) {
      List<@Nullable String> values = new ArrayList<>();
      reports.forEach(r -> values.add(facts.apply(r.header()).get(key)));
      if (new HashSet<>(values).size() > 1) {
        rows.add(new TextRow(key, values));
      }
    }
    return rows;
  }

  private List<String> remarks(List<ScoreRow> scores) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < reports.size(); i++) {
      ConversionHeader header = reports.get(i).header();
      if (!header.finished()) {
        out.add(who(i) + " is not finished.");
      }
      if (tables.get(i).data().chosenOnDev()) {
        out.add(
            who(i)
                + " made choices by looking at the development set, so its figures are too good.");
      }
      if (i > 0 && !trained(i).equals(trained(0))) {
        out.add(who(i) + " was trained on other files than " + who(0) + ".");
      }
      if (i > 0 && tables.get(i).data().devCut() != tables.get(0).data().devCut()) {
        out.add(
            who(i)
                + " cut "
                + tables.get(i).data().devCut()
                + " development texts, "
                + who(0)
                + " cut "
                + tables.get(0).data().devCut()
                + ".");
      }
    }
    if (scores.stream()
        .flatMap(r -> r.cells().stream())
        .filter(Objects::nonNull)
        .map(Cell::fromBaseline)
        .anyMatch(d -> d != null && !d.paired())) {
      out.add(
          "Differences marked (unpaired) lack a report's predictions: their errors are upper"
              + " estimates.");
    }
    return out;
  }

  private List<String> trained(int i) {
    return reports.get(i).header().files().stream()
        .filter(f -> f.role() == DataFile.Role.TRAINING)
        .map(DataFile::sha256)
        .sorted()
        .toList();
  }

  private record Key(Variant.Role role, String name) {

    static int compareRole(Key a, Key b) {
      return a.role.compareTo(b.role);
    }
  }
}
