package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.report.Figures;
import io.cipherstream.report.PageCell;
import io.cipherstream.report.PageSection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Tables of medians: a row for each case, a column for each engine. */
final class MedianTables {

  private static final double MICROS_PER_SECOND = 1e6;

  private final BenchReport report;
  private final String baseline;
  private final Set<BenchCase> subjects = new LinkedHashSet<>();

  MedianTables(BenchReport report, String baseline) {
    this.report = report;
    this.baseline = baseline;
    report.measurements().forEach(m -> subjects.add(m.what().subject()));
  }

  /** How many transforms and key switches each engine does in a second. */
  PageSection addRates(PageSection section) {
    List<String> engines = engines(Set.of(Kind.OPERATION, Kind.INSTRUCTION));
    List<List<PageCell>> rows = new ArrayList<>();
    for (BenchCase subject : subjects) {
      boolean transform =
          subject.kind() == Kind.INSTRUCTION && subject.name().equals("NTT") && subject.limbs() > 1;
      boolean keySwitch = subject.kind() == Kind.OPERATION && subject.name().equals("rotate");
      if (transform || keySwitch) {
        List<PageCell> row = new ArrayList<>();
        row.add(
            PageCell.of(
                (transform ? "transforms (NTT)" : "key switches (rotate)")
                    + ", "
                    + subject.parameters()
                    + (keySwitch ? " with " + subject.limbs() + " limbs" : "")
                    + ", "
                    + BenchFigures.threads(subject.threads())));
        for (String engine : engines) {
          Samples samples = report.samples(subject, engine);
          row.add(
              samples == null
                  ? PageCell.of("–", "quiet")
                  : PageCell.of(Figures.rate(MICROS_PER_SECOND / samples.median())));
        }
        rows.add(row);
      }
    }
    return section.figures(head(engines), rows);
  }

  /** A table for each number of limbs and threads. */
  PageSection addTables(PageSection section, Kind kind, String parameters) {
    List<String> engines = engines(Set.of(kind));
    Map<String, List<List<PageCell>>> byTitle = new LinkedHashMap<>();
    for (BenchCase subject : subjects) {
      if (subject.kind() == kind && subject.parameters().equals(parameters)) {
        byTitle
            .computeIfAbsent(BenchFigures.title(subject), title -> new ArrayList<>())
            .add(row(subject, engines));
      }
    }
    byTitle.forEach((title, rows) -> section.heading(title).figures(head(engines), rows));
    return section;
  }

  private static List<String> head(List<String> engines) {
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(engines);
    return head;
  }

  private List<String> engines(Set<Kind> kinds) {
    return report.engines().stream()
        .map(EngineInfo::id)
        .filter(
            id ->
                report.measurements().stream()
                    .map(Measurement::what)
                    .anyMatch(what -> kinds.contains(what.kind()) && what.engine().equals(id)))
        .toList();
  }

  private List<PageCell> row(BenchCase subject, List<String> engines) {
    double best =
        engines.stream()
            .map(engine -> report.samples(subject, engine))
            .filter(Objects::nonNull)
            .mapToDouble(Samples::median)
            .min()
            .orElse(Double.NaN);
    List<PageCell> row = new ArrayList<>(PageCell.row(subject.name()));
    for (String engine : engines) {
      Samples samples = report.samples(subject, engine);
      row.add(
          samples == null
              ? PageCell.of("–", "quiet")
              : cell(subject, samples, samples.median() <= best ? "best" : "")
                  .below(ratio(subject, engine, samples)));
    }
    return row;
  }

  private static PageCell cell(BenchCase subject, Samples s, String style) {
    return PageCell.of(Figures.digits(s.median()) + " " + BenchFigures.unit(subject), style)
        .hinting(
            Figures.digits(s.lowerQuartile())
                + " – "
                + Figures.digits(s.upperQuartile())
                + ", least "
                + Figures.digits(s.minimum())
                + ", "
                + s.all().size()
                + " samples");
  }

  /** Times as fast as the baseline; empty for the baseline itself. */
  private String ratio(BenchCase subject, String engine, Samples own) {
    Samples reference = report.samples(subject, baseline);
    return reference == null || engine.equals(baseline)
        ? ""
        : String.format(Locale.ROOT, "× %.2f", reference.median() / own.median());
  }
}
