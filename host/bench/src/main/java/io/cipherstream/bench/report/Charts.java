package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.bench.report.PageModel.Chart;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler;

/** Draws a report: how many times as fast as the baseline, for one parameter set. */
final class Charts {

  /** Told apart by most eyes (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x999999),
          new Color(0x000000),
          new Color(0x0072b2),
          new Color(0x56b4e9),
          new Color(0x009e73),
          new Color(0xf0e442),
          new Color(0xe69f00),
          new Color(0xd55e00),
          new Color(0xcc79a7));

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 380;

  private final BenchReport report;
  private final String baseline;
  private String failure = "";

  Charts(BenchReport report, String baseline) {
    System.setProperty("java.awt.headless", "true");
    this.report = report;
    this.baseline = baseline;
  }

  /** Why a chart could not be drawn, such as a machine without fonts; empty if none failed. */
  String failure() {
    return failure;
  }

  /** One chart of the instructions and one of the operations, as far as there is something. */
  List<Chart> of(String parameters) {
    List<Chart> charts = new ArrayList<>();
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

  private Optional<Chart> draw(String title, List<BenchCase> subjects) {
    try {
      CategoryChart chart =
          new CategoryChartBuilder()
              .width(WIDTH)
              .height(HEIGHT)
              .title(title)
              .yAxisTitle("times as fast")
              .build();
      style(chart);
      List<String> names = subjects.stream().map(BenchCase::name).toList();
      for (EngineInfo engine : report.engines()) {
        List<@Nullable Double> speeds = new ArrayList<>(); // Null leaves a gap.
        subjects.forEach(subject -> speeds.add(speed(subject, engine.id())));
        if (speeds.stream().anyMatch(Objects::nonNull)) {
          chart.addSeries(engine.id(), names, speeds).setFillColor(color(engine));
        }
      }
      ByteArrayOutputStream svg = new ByteArrayOutputStream();
      VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
      String data = Base64.getEncoder().encodeToString(svg.toByteArray());
      return Optional.of(new Chart(title, "data:image/svg+xml;base64," + data));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Never: it writes to memory.
    } catch (RuntimeException | LinkageError e) {
      // A Java without fonts fails in many ways; the tables say the same.
      failure = e.toString();
      return Optional.empty();
    }
  }

  private static void style(CategoryChart chart) {
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setAvailableSpaceFill(0.8);
    chart.getStyler().setXAxisLabelRotation(20);
  }

  /** The same in every chart of a report. */
  private Color color(EngineInfo engine) {
    return COLORS.get(report.engines().indexOf(engine) % COLORS.size());
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
