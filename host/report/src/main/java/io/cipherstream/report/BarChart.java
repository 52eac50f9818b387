package io.cipherstream.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;

/**
 * A chart of bars: for each name a bar of every series. Filled by one thread; a series without a
 * single value is left out.
 */
public final class BarChart {

  private static final int HEIGHT = 360;
  private static final int LABEL_ROTATION = 20;
  private static final double BAR_SHARE = 0.8;

  private final String title;
  private final String unit;
  private final List<String> names;
  private final List<Series> series = new ArrayList<>();
  private boolean logarithmic;
  private boolean stacked;

  private record Series(String name, Color color, List<? extends @Nullable Number> values) {}

  /**
   * @param title what it shows, also for those who do not see it
   * @param unit of the vertical axis
   * @param names along the horizontal axis
   */
  public BarChart(String title, String unit, List<String> names) {
    this.title = title;
    this.unit = unit;
    this.names = names;
  }

  /** Makes the vertical axis logarithmic; bars begin at the power of ten below the least. */
  public BarChart logarithmic() {
    logarithmic = true;
    return this;
  }

  /** Puts the bars of a name on top of each other. */
  public BarChart stacked() {
    stacked = true;
    return this;
  }

  /** Adds a series in the next color of the palette. */
  public BarChart add(String name, List<? extends @Nullable Number> values) {
    return add(name, Drawing.color(series.size()), values);
  }

  /**
   * Adds a series.
   *
   * @param values one a name; null leaves a gap
   */
  public BarChart add(String name, Color color, List<? extends @Nullable Number> values) {
    if (values.stream().anyMatch(Objects::nonNull)) {
      series.add(new Series(name, color, values));
    }
    return this;
  }

  /** Puts it into a section, above its title; nothing if it has no bar, or cannot be drawn here. */
  public void addTo(PageSection section, Drawing drawing) {
    if (!series.isEmpty()) {
      section.charts(drawing.svg(title, () -> chart(drawing)).stream().toList(), title + ".");
    }
  }

  private CategoryChart chart(Drawing drawing) {
    CategoryChart chart = drawing.categories(Drawing.WIDE, HEIGHT, unit);
    chart.getStyler().setAvailableSpaceFill(BAR_SHARE);
    chart.getStyler().setXAxisLabelRotation(LABEL_ROTATION);
    chart.getStyler().setStacked(stacked);
    for (Series one : series) {
      chart.addSeries(one.name(), names, one.values()).setFillColor(one.color());
    }
    if (logarithmic) {
      Drawing.logarithmicY(chart.getStyler());
      chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least()))));
    }
    return chart;
  }

  private double least() {
    return series.stream()
        .flatMap(one -> one.values().stream())
        .filter(Objects::nonNull)
        .mapToDouble(Number::doubleValue)
        .min()
        .orElse(1);
  }
}
