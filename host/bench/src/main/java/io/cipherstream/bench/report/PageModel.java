package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the template of the page shows, as text wherever figures need a format.
 *
 * @param baseline the engine that speed is compared with: SEAL with HEXL, or SEAL where that is
 *     missing; empty if neither was measured
 */
public record PageModel(
    BenchReport report,
    String created,
    String duration,
    String memory,
    String loads,
    String baseline,
    String baselineDescription,
    List<String> engines,
    List<Rate> rates,
    List<Section> sections,
    List<Table> sentences,
    List<Failure> failures,
    String chartFailure) {

  /** The engines that others are compared with, the better one first. */
  static final List<String> BASELINES = List.of("seal-hexl", "plain-seal");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final double GIBI = 1 << 30;
  private static final double MICROS_PER_SECOND = 1e6;

  /** A row of "so many a second". */
  public record Rate(String what, Map<String, String> byEngine) {}

  /** All of one parameter set. */
  public record Section(
      String name, int degree, String primes, List<ChartImage> charts, List<Table> tables) {}

  /** Rows of one kind. */
  public record Table(String title, List<String> engines, List<Row> rows) {}

  /** One thing measured on several engines. */
  public record Row(String what, Map<String, Cell> byEngine) {}

  /**
   * One median.
   *
   * @param detail quartiles and number of samples
   * @param ratio times as fast as the baseline, empty for the baseline itself
   * @param best whether no engine is faster
   */
  public record Cell(String median, String detail, String ratio, boolean best) {}

  /** A case without figures. */
  public record Failure(String what, String why) {}

  static PageModel of(BenchReport report) {
    String baseline = baselineOf(report);
    List<Section> sections = new ArrayList<>();
    Charts charts = new Charts(report, baseline);
    for (BenchReport.ParameterSet set : report.parameters()) {
      sections.add(section(report, set, baseline, charts));
    }
    return new PageModel(
        report,
        DATE.format(Instant.parse(report.created())),
        String.format(
            Locale.ROOT,
            "%d min %02d s",
            (long) report.seconds() / 60,
            (long) report.seconds() % 60),
        String.format(Locale.ROOT, "%.1f GiB", report.machine().memoryBytes() / GIBI),
        String.format(Locale.ROOT, "%.1f / %.1f", report.loadBefore(), report.loadAfter()),
        baseline,
        report.engines().stream()
            .filter(engine -> engine.id().equals(baseline))
            .map(EngineInfo::description)
            .findFirst()
            .orElse(""),
        engines(report, Kind.OPERATION, Kind.INSTRUCTION),
        rates(report),
        sections,
        tables(report, Kind.SENTENCE, "", baseline),
        report.measurements().stream()
            .filter(m -> m.failure() != null)
            .map(m -> new Failure(m.what().toString(), String.valueOf(m.failure())))
            .toList(),
        charts.failure());
  }

  /** The baseline that was measured, empty if none was. */
  static String baselineOf(BenchReport report) {
    return BASELINES.stream()
        .filter(id -> report.measurements().stream().anyMatch(m -> m.what().engine().equals(id)))
        .findFirst()
        .orElse("");
  }

  private static List<String> engines(BenchReport report, Kind... kinds) {
    Set<Kind> wanted = Set.of(kinds);
    return report.engines().stream()
        .map(EngineInfo::id)
        .filter(
            id ->
                report.measurements().stream()
                    .anyMatch(
                        m -> wanted.contains(m.what().kind()) && m.what().engine().equals(id)))
        .toList();
  }

  private static List<Rate> rates(BenchReport report) {
    List<Rate> rates = new ArrayList<>();
    for (BenchCase subject : subjects(report)) {
      boolean transform =
          subject.kind() == Kind.INSTRUCTION && subject.name().equals("NTT") && subject.limbs() > 1;
      boolean keySwitch = subject.kind() == Kind.OPERATION && subject.name().equals("rotate");
      if (transform || keySwitch) {
        Map<String, String> byEngine = new LinkedHashMap<>();
        for (String engine : engines(report, Kind.OPERATION, Kind.INSTRUCTION)) {
          samples(report, subject, engine)
              .ifPresent(
                  s -> byEngine.put(engine, BenchFigures.rate(MICROS_PER_SECOND / s.median())));
        }
        rates.add(
            new Rate(
                (transform ? "transforms (NTT)" : "key switches (rotate)")
                    + ", "
                    + subject.parameters()
                    + (keySwitch ? " with " + subject.limbs() + " limbs" : "")
                    + ", "
                    + BenchFigures.threads(subject.threads()),
                byEngine));
      }
    }
    return rates;
  }

  private static Section section(
      BenchReport report, BenchReport.ParameterSet set, String baseline, Charts charts) {
    List<Table> tables = new ArrayList<>();
    tables.addAll(tables(report, Kind.INSTRUCTION, set.name(), baseline));
    tables.addAll(tables(report, Kind.OPERATION, set.name(), baseline));
    return new Section(
        set.name(), set.degree(), BenchFigures.primes(set), charts.of(set.name()), tables);
  }

  /** A table for each number of limbs and threads. */
  private static List<Table> tables(
      BenchReport report, Kind kind, String parameters, String baseline) {
    List<String> engines = engines(report, kind);
    Map<String, List<Row>> byTitle = new LinkedHashMap<>();
    for (BenchCase subject : subjects(report)) {
      if (subject.kind() == kind && subject.parameters().equals(parameters)) {
        byTitle
            .computeIfAbsent(BenchFigures.title(subject), title -> new ArrayList<>())
            .add(new Row(subject.name(), cells(report, subject, engines, baseline)));
      }
    }
    return byTitle.entrySet().stream()
        .map(entry -> new Table(entry.getKey(), engines, entry.getValue()))
        .toList();
  }

  private static Map<String, Cell> cells(
      BenchReport report, BenchCase subject, List<String> engines, String baseline) {
    double reference = samples(report, subject, baseline).map(Samples::median).orElse(Double.NaN);
    double best =
        engines.stream()
            .flatMap(engine -> samples(report, subject, engine).stream())
            .mapToDouble(Samples::median)
            .min()
            .orElse(Double.NaN);
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (String engine : engines) {
      Samples s = samples(report, subject, engine).orElse(null);
      if (s != null) {
        cells.put(engine, cell(subject, s, engine.equals(baseline) ? Double.NaN : reference, best));
      }
    }
    return cells;
  }

  private static Cell cell(BenchCase subject, Samples s, double reference, double best) {
    return new Cell(
        BenchFigures.figure(s.median()) + " " + BenchFigures.unit(subject),
        BenchFigures.figure(s.lowerQuartile())
            + " – "
            + BenchFigures.figure(s.upperQuartile())
            + ", least "
            + BenchFigures.figure(s.minimum())
            + ", "
            + s.all().size()
            + " samples",
        Double.isNaN(reference) ? "" : String.format(Locale.ROOT, "× %.2f", reference / s.median()),
        s.median() <= best);
  }

  private static Set<BenchCase> subjects(BenchReport report) {
    Set<BenchCase> subjects = new LinkedHashSet<>();
    report.measurements().forEach(m -> subjects.add(m.what().subject()));
    return subjects;
  }

  private static Optional<Samples> samples(BenchReport report, BenchCase subject, String engine) {
    @Nullable Samples samples = report.find(subject, engine).map(Measurement::samples).orElse(null);
    return Optional.ofNullable(samples);
  }
}
