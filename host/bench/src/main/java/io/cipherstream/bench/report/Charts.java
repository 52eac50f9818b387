package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;

/** Draws a report: how many times as fast as the baseline, for one parameter set. */
final class Charts {

  private final BenchReport report;
  private final String baseline;
  private final ChartDrawing drawing = new ChartDrawing();

  Charts(BenchReport report, String baseline) {
    this.report = report;
    this.baseline = baseline;
  }

  /** Why a chart could not be drawn, such as a machine without fonts; empty if none failed. */
  String failure() {
    return drawing.failure();
  }

  /** One chart of the instructions and one of the operations, as far as there is something. */
  List<ChartImage> of(String parameters) {
    List<ChartImage> charts = new ArrayList<>();
    if (baseline.isEmpty()) {
      return charts;
    }
    for (Kind kind : List.of(Kind.INSTRUCTION, Kind.OPERATION)) {
      List<BenchCase> subjects = subjects(kind, parameters);
      if (!subjects.isEmpty()) {
        draw(title(subjects.get(0)), subjects).ifPresent(charts::add);
      }
    }
    return charts;
  }

  /** Cases of the most limbs on one thread that the baseline has. */
  private List<BenchCase> subjects(Kind kind, String parameters) {
    Set<BenchCase> all = new LinkedHashSet<>();
    report.measurements().stream()
        .map(m -> m.what().subject())
        .filter(s -> s.kind() == kind && s.parameters().equals(parameters) && s.threads() == 1)
        .filter(s -> report.find(s, baseline).isPresent())
        .forEach(all::add);
    int most = all.stream().map(BenchCase::limbs).max(Comparator.naturalOrder()).orElse(0);
    return all.stream().filter(s -> s.limbs() == most).toList();
  }

  private String title(BenchCase first) {
    return (first.kind() == Kind.INSTRUCTION ? "Instructions" : "Operations")
        + ", "
        + first.parameters()
        + (first.kind() == Kind.OPERATION ? " with " + first.limbs() + " limbs" : "")
        + ": times as fast as "
        + baseline;
  }

  private Optional<ChartImage> draw(String title, List<BenchCase> subjects) {
    return drawing.image(title, () -> chart(title, subjects));
  }

  private CategoryChart chart(String title, List<BenchCase> subjects) {
    CategoryChart chart = ChartDrawing.bars(title, "times as fast");
    List<String> names = subjects.stream().map(BenchCase::name).toList();
    for (EngineInfo engine : report.engines()) {
      List<@Nullable Double> speeds = new ArrayList<>(); // Null leaves a gap.
      subjects.forEach(subject -> speeds.add(speed(subject, engine.id())));
      if (speeds.stream().anyMatch(Objects::nonNull)) {
        // The same color in every chart of a report.
        Color color = ChartDrawing.color(report.engines().indexOf(engine));
        chart.addSeries(engine.id(), names, speeds).setFillColor(color);
      }
    }
    return chart;
  }

  private @Nullable Double speed(BenchCase subject, String engine) {
    return median(subject, baseline)
        .flatMap(reference -> median(subject, engine).map(own -> reference / own))
        .orElse(null);
  }

  private Optional<Double> median(BenchCase subject, String engine) {
    return report.find(subject, engine).map(Measurement::samples).map(Samples::median);
  }
}
