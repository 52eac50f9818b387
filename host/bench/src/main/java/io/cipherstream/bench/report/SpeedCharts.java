package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.report.BarChart;
import io.cipherstream.report.Drawing;
import io.cipherstream.report.PageSection;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Draws how many times as fast as the baseline engines are, for one parameter set. */
final class SpeedCharts {

  private final BenchReport report;
  private final String baseline;
  private final Drawing drawing;

  SpeedCharts(BenchReport report, String baseline, Drawing drawing) {
    this.report = report;
    this.baseline = baseline;
    this.drawing = drawing;
  }

  /** One chart of the instructions and one of the operations, as far as there is something. */
  void addTo(PageSection section, String parameters) {
    for (Kind kind : List.of(Kind.INSTRUCTION, Kind.OPERATION)) {
      List<BenchCase> subjects = subjects(kind, parameters);
      if (!subjects.isEmpty()) {
        chart(subjects).addTo(section, drawing);
      }
    }
  }

  /** Cases of the most limbs on one thread that the baseline has. */
  private List<BenchCase> subjects(Kind kind, String parameters) {
    Set<BenchCase> all = new LinkedHashSet<>();
    report.measurements().stream()
        .map(m -> m.what().subject())
        .filter(s -> s.kind() == kind && s.parameters().equals(parameters) && s.threads() == 1)
        .filter(s -> report.samples(s, baseline) != null)
        .forEach(all::add);
    int most = all.stream().map(BenchCase::limbs).max(Comparator.naturalOrder()).orElse(0);
    return all.stream().filter(s -> s.limbs() == most).toList();
  }

  private BarChart chart(List<BenchCase> subjects) {
    BenchCase first = subjects.get(0);
    BarChart chart =
        new BarChart(
            (first.kind() == Kind.INSTRUCTION ? "Instructions" : "Operations")
                + ", "
                + first.parameters()
                + (first.kind() == Kind.OPERATION ? " with " + first.limbs() + " limbs" : "")
                + ": times as fast as "
                + baseline,
            "times as fast",
            subjects.stream().map(BenchCase::name).toList());
    int index = 0;
    for (EngineInfo engine : report.engines()) {
      List<@Nullable Double> speeds = new ArrayList<>();
      subjects.forEach(subject -> speeds.add(speed(subject, engine.id())));
      // The same color in every chart of a report.
      Color color = engine.id().equals(baseline) ? Drawing.QUIET : Drawing.color(index++);
      chart.add(engine.id(), color, speeds);
    }
    return chart;
  }

  private @Nullable Double speed(BenchCase subject, String engine) {
    Samples reference = report.samples(subject, baseline);
    Samples own = report.samples(subject, engine);
    return reference == null || own == null ? null : reference.median() / own.median();
  }
}
